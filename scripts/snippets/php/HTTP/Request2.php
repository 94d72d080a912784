<?php
/**
 * Stands in for PEAR's HTTP_Request2 (https://pear.php.net/package/HTTP_Request2) where that cannot be installed: the methods
 * that the generated examples call, over PHP's own streams. It shows that an example is a correct PHP program which makes the
 * right request; not that HTTP_Request2 itself carries it out.
 */
class HTTP_Request2_Exception extends Exception {}

class HTTP_Request2 {
  const METHOD_GET = 'GET';
  const METHOD_POST = 'POST';
  const METHOD_PUT = 'PUT';
  const METHOD_PATCH = 'PATCH';
  const METHOD_DELETE = 'DELETE';
  const METHOD_HEAD = 'HEAD';
  const METHOD_OPTIONS = 'OPTIONS';

  private $url = '';
  private $method = self::METHOD_GET;
  private $headers = array();
  private $parameters = array();
  private $body = '';

  public function setUrl($url) {
    $this->url = $url;
  }

  public function setMethod($method) {
    $this->method = $method;
  }

  public function setConfig($config) {
  }

  public function setHeader($headers) {
    $this->headers = array_merge($this->headers, $headers);
  }

  public function setBody($body) {
    $this->body = $body;
  }

  public function addPostParameter($parameters) {
    $this->parameters = array_merge($this->parameters, $parameters);
  }

  public function send() {
    $lines = array();
    foreach ($this->headers as $name => $value) {
      $lines[] = "$name: $value";
    }
    $content = $this->parameters ? http_build_query($this->parameters) : $this->body;
    $http = array('method' => $this->method, 'header' => $lines, 'content' => $content, 'ignore_errors' => true);
    $body = @file_get_contents($this->url, false, stream_context_create(array('http' => $http)));
    if ($body === false) {
      throw new HTTP_Request2_Exception(error_get_last()['message']);
    }
    return new HTTP_Request2_Response($http_response_header[0], $body);
  }
}

class HTTP_Request2_Response {
  private $statusLine;
  private $body;

  public function __construct($statusLine, $body) {
    $this->statusLine = explode(' ', $statusLine, 3);
    $this->body = $body;
  }

  public function getStatus() {
    return (int) $this->statusLine[1];
  }

  public function getReasonPhrase() {
    return $this->statusLine[2] ?? '';
  }

  public function getBody() {
    return $this->body;
  }
}

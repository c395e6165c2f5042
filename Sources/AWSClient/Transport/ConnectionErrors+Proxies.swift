import AWSWire
import AsyncHTTPClient
import HTTPTypes

/// What goes wrong at a proxy.
extension ConnectionErrors {
  /// Refuses a reply to a forwarded request that comes from the proxy and not from the service.
  /// - Throws: ``AWSClientError``: `configuration` if the proxy won't forward, `transport` if it can't.
  static func refuseProxysReply(_ head: HTTPResponse, _ destination: Destination) throws {
    try refuseProxysReply(
      status: head.status.code, contentType: head.headerFields[.contentType],
      schemes: head.headerFields[values: .proxyAuthenticate], destination)
  }

  /// Refuses a reply to a forwarded request that comes from the proxy and not from the service.
  /// - Parameter schemes: the values of `Proxy-Authenticate`.
  /// - Throws: ``AWSClientError``: `configuration` if the proxy won't forward, `transport` if it can't.
  package static func refuseProxysReply(
    status: Int, contentType: String?, schemes: @autoclosure () -> [String], _ destination: Destination
  ) throws {
    guard case .forward(let proxy) = destination.route, status >= 400 else { return }
    // AWS answers with JSON or XML.
    let isPage = contentType?.lowercased().hasPrefix("text/html") ?? false
    guard status == 407 || isPage else { return }
    let words = schemes().compactMap { $0.split(separator: " ").first.map(String.init) }
    throw refusal(ProxyReply(status: status, schemes: words), of: proxy, destination)
  }

  /// Explains a failure of the proxy's; nil if it is none.
  /// - Parameter isSent: whether the request has left, so that there is a connection.
  func proxyFailure(_ error: any Error, _ destination: Destination, isSent: Bool) async -> AWSClientError? {
    guard let proxy = destination.route.proxy else { return nil }
    if Self.isUnknownHost(error) {
      return Self.failure(
        .transport, "The name of \(proxy.words) can't be resolved; check the variable, the network and its DNS.", error)
    }
    if Self.isRefusedConnection(error) {
      return Self.failure(
        .transport, "\(Self.sentence(proxy.words)) can't be reached; check its address, \(Self.advice(destination)).", error)
    }
    let text = "\(error)"
    if text.contains("SOCKS") {
      return Self.failure(
        .transport,
        "\(Self.sentence(proxy.words)) made no connection to \(destination.authority); check that it is a SOCKS 5 proxy without a password and may connect there.",
        error)
    }
    switch error as? HTTPClientError {
    case .connectTimeout?, .httpProxyHandshakeTimeout?, .socksHandshakeTimeout?:
      return Self.failure(
        .timeout,
        "No connection through \(proxy.words) within \(Self.seconds(network.connectTimeout)) s; check its address, \(Self.advice(destination)).",
        error, parameters: ["connectTimeout"])
    case .proxyAuthenticationRequired?, .invalidProxyResponse?:
      let seen = await ConnectionDiagnosis.run(
        destination.route, host: destination.host, port: destination.port, wantsCertificates: false)
      let isAuthentication = error as? HTTPClientError == .proxyAuthenticationRequired
      guard case .proxyReply(let reply)? = seen, !reply.isSuccess else {
        return Self.refusal(ProxyReply(status: isAuthentication ? 407 : 502), of: proxy, destination)
      }
      return Self.refusal(reply, of: proxy, destination)
    case nil where !isSent, .remoteConnectionClosed? where !isSent:
      return await otherAnswer(destination)
    default: return nil
    }
  }

  /// After a connection that broke before anything was sent: either the service hung up, or the proxy did, as it does after an answer
  /// that isn't HTTP or isn't a tunnel; nil if it wasn't the proxy.
  func otherAnswer(_ destination: Destination) async -> AWSClientError? {
    guard case .tunnel(let proxy) = destination.route else { return nil }
    let seen = await ConnectionDiagnosis.run(
      destination.route, host: destination.host, port: destination.port, wantsCertificates: false)
    guard case .proxyReply(let reply)? = seen, !reply.isSuccess || reply.hasBody else { return nil }
    return reply.isSuccess ? Self.impostor(proxy, destination) : Self.refusal(reply, of: proxy, destination)
  }

  static func failure(
    _ code: AWSClientError.Code, _ message: String, _ error: any Error, parameters: [String] = []
  ) -> AWSClientError {
    AWSClientError(code, message, parameters: parameters, underlying: error)
  }

  /// The proxy says that it has connected, and goes on by itself.
  static func impostor(_ proxy: Proxy, _ destination: Destination) -> AWSClientError {
    AWSClientError(
      .configuration,
      "\(sentence(proxy.words)) answers in place of \(destination.authority) with something that isn't TLS; check whether it wants you to sign in, and the endpoint.",
      parameters: ["endpointURL"])
  }

  /// What is to be done where the proxy isn't needed.
  private static func advice(_ destination: Destination) -> String {
    "or add \(destination.host) to NO_PROXY if it is reached without one"
  }

  private static func refusal(_ reply: ProxyReply, of proxy: Proxy, _ destination: Destination) -> AWSClientError {
    let target = "\(destination.host):\(destination.port)"
    let name = sentence(proxy.words)
    // It may pass where the proxy can't reach the host; otherwise another attempt is refused in the same way.
    let code: AWSClientError.Code = [502, 503, 504].contains(reply.status) ? .transport : .configuration
    guard reply.status == 407 else { return AWSClientError(code, "\(name) \(reply.words(to: target)).") }
    let schemes = reply.schemes.map { $0.lowercased() }
    if !schemes.isEmpty, !schemes.contains("basic") {
      return AWSClientError(
        code,
        "\(name) asks for a sign-in by \(reply.schemes.joined(separator: " or ")) (HTTP 407), of which only Basic is supported; use a local proxy that signs in, such as cntlm or px."
      )
    }
    if proxy.authorization != nil {
      return AWSClientError(
        code,
        "\(name) refuses the user and password in \(proxy.variable) (HTTP 407); check both, and percent-encode what isn't a letter or digit."
      )
    }
    return AWSClientError(
      code,
      "\(name) asks for a user and password (HTTP 407); put both, percent-encoded, into \(proxy.variable): http://USER:PASSWORD@\(proxy.address)."
    )
  }

  static func sentence(_ words: String) -> String { words.prefix(1).uppercased() + words.dropFirst() }
}

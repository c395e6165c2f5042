package import AWSWire
import AsyncHTTPClient
import Foundation
import NIOSSL

/// What goes wrong in TLS.
extension ConnectionErrors {
  /// Explains a failure of TLS; nil if it is none.
  func tlsFailure(_ error: any Error, _ destination: Destination) async -> AWSClientError? {
    let (host, text) = (destination.authority, "\(error)")
    let isNameWrong = (error as? NIOSSLExtraError) == .failedToValidateHostname
    if isNameWrong || text.contains("CERTIFICATE_VERIFY_FAILED") || text.contains("NWTLSError") {
      let seen = await ConnectionDiagnosis.run(
        destination.route, host: destination.host, port: destination.port, wantsCertificates: true)
      var problem: CertificateProblem?
      if case .certificates(let chain)? = seen { problem = CertificateProblem(chain, isNameWrong: isNameWrong, at: Date()) }
      return untrusted(problem, destination, error)
    }
    // The pool of connections says no more than this when it can't begin TLS at all.
    if destination.scheme == "https", (error as? HTTPClientError) == .remoteConnectionClosed { return trustProblem() }
    guard error is NIOSSLError || error is NIOSSLExtraError || error is BoringSSLError else { return nil }
    // A connection that ends without a word is the most common, and has nothing to do with trust, which costs reading the certificates.
    if (error as? NIOSSLError) != .uncleanShutdown, let problem = trustProblem() { return problem }
    // A connection that ends without TLS's goodbye has broken; whoever reads knows if something is missing.
    guard text.contains("handshake") else { return nil }
    if text.contains("WRONG_VERSION_NUMBER") || text.contains("HTTP_REQUEST") {
      if let other = await otherAnswer(destination) { return other }
      let way = destination.route.proxy.map { ", or does \($0.words) answer in its place" } ?? ""
      return AWSClientError(
        .configuration, "\(host) doesn't speak TLS; is the endpoint http:// rather than https://\(way)?",
        parameters: ["endpointURL"], underlying: error)
    }
    if text.contains("PROTOCOL_VERSION") || text.contains("UNSUPPORTED_PROTOCOL") {
      return AWSClientError(
        .configuration,
        "\(host) offers neither TLS 1.2 nor a newer one, as AWS does; check the endpoint, and any proxy before it.",
        parameters: ["endpointURL"], underlying: error)
    }
    if let other = await otherAnswer(destination) { return other }
    return AWSClientError(
      .transport,
      "No TLS connection to \(host): it ended the handshake. Check the endpoint, and any proxy or firewall before it.",
      parameters: ["endpointURL"], underlying: error)
  }

  /// Why no server can be trusted, if that is so: the machine has no certificates.
  private func trustProblem() -> AWSClientError? {
    do {
      _ = try NIOSSLContext(configuration: network.tls())
      return nil
    } catch {
      return Self.nothingToTrust(error)
    }
  }

  /// The error of a machine without certificates, as many containers are.
  package static func nothingToTrust(_ error: any Error) -> AWSClientError {
    if let error = error as? AWSClientError { return error }
    return AWSClientError(
      .configuration,
      "No certificates to trust could be loaded, so no server can be called over TLS: install them (Debian's package is ca-certificates), or name a PEM file in AWS_CA_BUNDLE.",
      parameters: ["caBundle"], underlying: error)
  }

  private func untrusted(_ problem: CertificateProblem?, _ destination: Destination, _ error: any Error) -> AWSClientError {
    let host = destination.host
    let trusted = network.trusted.map { " (\($0.origin) trusts \($0.path) alone)" } ?? ""
    let certificate = "The certificate of \(destination.authority)"
    switch problem?.remedy {
    case .checkEndpoint?:
      return AWSClientError(
        .configuration, "\(certificate) \(problem?.words(host: host) ?? ""); check the endpoint, and any proxy before it.",
        parameters: ["endpointURL"], underlying: error)
    case .checkDates?:
      return AWSClientError(
        .configuration, "\(certificate) \(problem?.words(host: host) ?? ""); renew it, or set this machine's clock.",
        underlying: error)
    case .trust?, nil:
      let words = problem?.words(host: host) ?? "is not trusted"
      return AWSClientError(
        .configuration,
        "\(certificate) \(words)\(trusted). If your network has an authority of its own, save its certificate as a PEM file and name that in AWS_CA_BUNDLE.",
        parameters: ["caBundle"], underlying: error)
    }
  }
}

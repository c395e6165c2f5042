import Foundation
import NIOCore
import NIOSSL

/// A server's certificate, and the private key that proves it. The key stays in memory and has no description.
package struct ServerIdentity: Sendable {
  private let chain: [NIOSSLCertificate]
  private let key: NIOSSLPrivateKey

  init(chain: [NIOSSLCertificate], key: NIOSSLPrivateKey) {
    self.chain = chain
    self.key = key
  }

  /// Reads PEM files.
  /// - Parameters:
  ///   - certificate: the server's certificate, followed by those between it and its authority.
  ///   - key: the private key of the first certificate.
  /// - Throws: ``HTTPServerError``.
  package init(certificate: String, key: String) throws {
    do {
      chain = try NIOSSLCertificate.fromPEMFile(certificate)
    } catch {
      throw HTTPServerError(
        "\(certificate): can't be read as PEM certificates; name a file that begins with -----BEGIN CERTIFICATE-----.",
        parameters: ["tlsCertificate"], underlying: error)
    }
    do {
      self.key = try NIOSSLPrivateKey(file: key, format: .pem)
    } catch {
      throw HTTPServerError(
        "\(key): can't be read as a PEM private key without a passphrase.", parameters: ["tlsKey"], underlying: error)
    }
    do {
      _ = try context()
    } catch {
      throw HTTPServerError(
        "\(key) is not the key of the first certificate in \(certificate).", parameters: ["tlsCertificate", "tlsKey"],
        underlying: error)
    }
  }

  /// TLS 1.2 and later, with HTTP/2 before HTTP/1.1.
  func context() throws -> NIOSSLContext {
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
    configuration.minimumTLSVersion = .tlsv12
    configuration.applicationProtocols = ["h2", "http/1.1"]
    // A client that doesn't answer the end of TLS must not hold up the end of the server.
    configuration.shutdownTimeout = .milliseconds(500)
    return try NIOSSLContext(configuration: configuration)
  }
}

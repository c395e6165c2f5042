import AWSServer
package import Foundation

/// The certificate and key with which the emulator serves TLS.
package struct EmulatorTLS: Sendable {
  let identity: ServerIdentity
  /// The authority's certificate, which clients must trust, in PEM; nil for a certificate of the user's own.
  package let authority: String?

  /// Makes a certificate for this machine, signed by an authority that exists only for that.
  /// - Parameter hosts: more names and addresses that clients use.
  /// - Throws: ``EmulatorError`` (`server`).
  package init(hosts: [String], now: Date = Date()) throws {
    do {
      let names = ["localhost", "127.0.0.1", "::1"]
      let authority = try TemporaryAuthority(
        name: "Bedquota emulator", hosts: names + hosts.filter { !names.contains($0) }, now: now)
      identity = authority.identity
      self.authority = authority.certificate
    } catch {
      throw EmulatorError(.server, "The emulator can't make its certificate: \(error).", underlying: error)
    }
  }

  /// The user's own certificate and key, in PEM files.
  /// - Throws: ``EmulatorError`` (`server`).
  package init(certificate: String, key: String) throws {
    do {
      identity = try ServerIdentity(certificate: certificate, key: key)
    } catch let error as HTTPServerError {
      throw EmulatorError(.server, error.message, parameters: error.parameters, underlying: error.underlying)
    }
    authority = nil
  }
}

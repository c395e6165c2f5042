import AWSWire
import Foundation
import NIOSSL

/// The certificates that are trusted instead of the system's, and the setting that names them.
struct TrustedCertificates: Sendable, Equatable {
  /// The setting, such as `AWS_CA_BUNDLE`.
  var origin: String
  /// The path as the setting has it.
  var path: String
  private var files: [String]
  private var parameters: [String]

  /// Finds the certificates; nil if no setting names any.
  ///
  /// botocore's order, 1.44.8: the option, `AWS_CA_BUNDLE`, the profile's `ca_bundle`, `REQUESTS_CA_BUNDLE`. `SSL_CERT_FILE` and
  /// `SSL_CERT_DIR`, which OpenSSL reads and botocore doesn't, come last.
  /// - Throws: ``AWSClientError`` (`configuration`) if there is no certificate.
  init?(explicit: String?, environment: [String: String], profile: Profile?) throws {
    let home = environment["HOME"].nonEmpty ?? NSHomeDirectory()
    func variable(_ name: String) -> (String, String)? { environment[name].nonEmpty.map { (name, $0) } }
    let found =
      explicit.map { ("The CA bundle", $0) } ?? variable("AWS_CA_BUNDLE")
      ?? profile.flatMap { profile in profile["ca_bundle"].map { ("ca_bundle of profile \(profile.name)", $0) } }
      ?? variable("REQUESTS_CA_BUNDLE") ?? variable("SSL_CERT_FILE") ?? variable("SSL_CERT_DIR")
    guard let (origin, path) = found else { return nil }
    self.origin = origin
    self.path = path
    parameters = explicit == nil ? [] : ["caBundle"]
    files = []
    // SSL_CERT_DIR may name several folders.
    let paths = origin == "SSL_CERT_DIR" ? path.split(separator: ":").map(String.init) : [path]
    for path in paths { files += try Self.files(at: path.hasPrefix("~/") ? home + path.dropFirst() : path) { problem($0) } }
    if files.isEmpty { throw problem("holds no certificate in PEM form") }
  }

  private func problem(_ problem: String) -> AWSClientError {
    AWSClientError(
      .configuration, "\(origin): \(path.isEmpty ? "\"\"" : path) \(problem); name a PEM file of the certificates to trust.",
      parameters: parameters)
  }

  /// The files at a path that hold certificates: itself, or those in the folder.
  private static func files(at path: String, _ problem: (String) -> AWSClientError) throws -> [String] {
    var isFolder = ObjCBool(false)
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { throw problem("doesn't exist") }
    if isFolder.boolValue {
      guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else { throw problem("can't be read") }
      return names.sorted().map { "\(path)/\($0)" }.filter { holdsCertificate($0) == true }
    }
    guard let holds = holdsCertificate(path) else { throw problem("can't be read") }
    // DER, as browsers save certificates, begins with a sequence.
    if !holds, FileManager.default.contents(atPath: path)?.prefix(2) == Data([0x30, 0x82]) {
      throw problem("is in DER form; convert it with openssl x509 -inform der -outform pem")
    }
    return holds ? [path] : []
  }

  /// nil if the file can't be read.
  private static func holdsCertificate(_ path: String) -> Bool? {
    guard let data = try? SmallFile.contents(of: path, bytesMax: 64 * 1_024 * 1_024) else { return nil }
    return data.range(of: Data("-----BEGIN CERTIFICATE-----".utf8)) != nil
  }

  /// The certificates. They are parsed when they are needed only, because a bundle has hundreds.
  /// - Throws: ``AWSClientError`` (`configuration`) if a file is damaged.
  func load() throws -> [NIOSSLCertificate] {
    // A certificate may stand in several files of a folder, which links to it by other names.
    var seen: Set<NIOSSLCertificate> = []
    for file in files {
      do {
        seen.formUnion(try NIOSSLCertificate.fromPEMFile(file))
      } catch {
        throw problem("holds a damaged certificate")
      }
    }
    return Array(seen)
  }
}

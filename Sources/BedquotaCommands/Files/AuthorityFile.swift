import Bedquota
import BedrockEmulator
import Foundation

/// The certificate of the emulator's authority in a folder that only this user can read, for as long as the emulator runs.
struct AuthorityFile: Sendable {
  private let folder: URL
  var path: String { folder.appending(path: "ca.pem").path }

  /// - Parameter certificate: in PEM.
  /// - Throws: `EmulatorError` (`server`).
  init(_ certificate: String) throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "bedquota-\(UUID().uuidString)")
    do {
      try FileManager.default.createDirectory(
        at: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
      try Data(certificate.utf8).write(to: folder.appending(path: "ca.pem"))
    } catch {
      throw EmulatorError(
        .server,
        "The certificate can't be written to \(folder.path): \(BedquotaError.reason(of: error)); set TMPDIR to another folder.",
        underlying: error)
    }
  }

  func remove() { try? FileManager.default.removeItem(at: folder) }
}

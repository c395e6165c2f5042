import Bedquota
import BedrockEmulator
import Foundation

/// The access keys that `emulate` accepts, from the command line, a file, or the environment.
enum EmulatorCredentials {
  /// Lines or a comma-separated list of KEY:SECRET.
  static let variable = "BEDQUOTA_EMULATOR_CREDENTIALS"
  private static let fileBytesMax = 1_024 * 1_024

  /// An access key id and its secret; nil unless the text is KEY:SECRET.
  static func pair(_ text: some StringProtocol) -> (key: String, secret: String)? {
    guard let colon = text.firstIndex(of: ":") else { return nil }
    let (key, secret) = (String(text[..<colon]), String(text[text.index(after: colon)...]))
    return key.isEmpty || secret.isEmpty ? nil : (key, secret)
  }

  /// Secrets by access key id; the default key if none is given.
  /// - Throws: `EmulatorError` (`server`), which names no secret.
  static func secrets(pairs: [String], file: String?, environment: [String: String]) throws -> [String: String] {
    var secrets: [String: String] = [:]
    func add(_ texts: [Substring], from place: String) throws {
      for (index, text) in texts.enumerated() {
        guard let (key, secret) = pair(text) else {
          throw EmulatorError(.server, "\(place): entry \(index + 1) is not KEY:SECRET.")
        }
        secrets[key] = secret
      }
    }
    try add(pairs.map { $0[...] }, from: "credentials")
    if let file { try add(lines(of: file), from: file) }
    if secrets.isEmpty, let text = environment[variable], !text.isEmpty {
      let entries = text.split { $0 == "," || $0.isNewline }
      guard !entries.isEmpty else { throw EmulatorError(.server, "\(variable) holds no KEY:SECRET.") }
      try add(entries, from: variable)
    }
    if secrets.isEmpty { secrets[EmulatorServer.defaultKey] = EmulatorServer.defaultKey }
    return secrets
  }

  /// The lines of a file, without blank ones and those that begin with `#`.
  private static func lines(of file: String) throws -> [Substring] {
    func failure(_ problem: String) -> EmulatorError {
      EmulatorError(.server, "\(file) \(problem).", parameters: ["credentialsFile"])
    }
    let data: Data?
    do {
      let handle = file == "-" ? FileHandle.standardInput : try FileHandle(forReadingFrom: URL(filePath: file))
      data = try handle.read(upToCount: fileBytesMax + 1)
    } catch {
      throw failure("can't be read: \(BedquotaError.reason(of: error))")
    }
    guard let data else { throw failure("is empty") }
    guard data.count <= fileBytesMax else { throw failure("is longer than a megabyte") }
    guard let text = String(data: data, encoding: .utf8) else { throw failure("is not UTF-8 text") }
    let lines = text.split(whereSeparator: \.isNewline).map { $0.drop { $0.isWhitespace } }
    let kept = lines.filter { !$0.isEmpty && !$0.hasPrefix("#") }
    // The default key instead would be one that everybody knows.
    guard !kept.isEmpty else { throw EmulatorError(.server, "\(file) holds no KEY:SECRET.", parameters: ["credentialsFile"]) }
    return kept
  }
}

import AWSWire
import Foundation
import Subprocess

#if canImport(System)
  import System
#else
  import SystemPackage
#endif

/// The credentials that a profile's `credential_process` prints.
///
/// Source: docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html.
struct ProcessCredentialProvider: CredentialProvider, Redacted {
  let profile: String
  let command: String
  let environment: [String: String]
  /// A process may ask its user to sign in somewhere, so it is patient.
  var limit = Duration.seconds(300)

  private static let outputBytesMax = 64 * 1_024
  private static let errorBytesMax = 1_024 * 1_024

  func credentials() async throws -> Credentials? {
    guard let words = ShellWords.split(command), let program = words.first, !program.isEmpty else {
      throw failure("is no command; check its quotation marks")
    }
    let output = try await output(of: program, Array(words.dropFirst()))
    do {
      return try ProcessCredentials(output).credentials
    } catch {
      throw failure("printed what are no credentials: \(error.reason)")
    }
  }

  private func failure(_ what: String) -> AWSClientError {
    AWSClientError(.credentials, "The credential_process of profile \"\(profile)\" \(what).")
  }

  /// What the process prints.
  private func output(of program: String, _ arguments: [String]) async throws -> [UInt8] {
    do {
      return try await withThrowingTaskGroup(of: [UInt8]?.self) { group in
        group.addTask { try await run(program, arguments) }
        group.addTask { [limit] in
          try await Task.sleep(for: limit)
          return nil
        }
        defer { group.cancelAll() }
        guard let first = try await group.next(), let output = first else {
          throw failure("ran for more than \(limit.components.seconds) s and was ended; run it yourself to see what it waits for")
        }
        return output
      }
    } catch let error as SubprocessError {
      try Task.checkCancellation()
      throw failure(Self.words(error, program))
    }
  }

  private func run(_ program: String, _ arguments: [String]) async throws -> [UInt8] {
    // With a terminal, it may ask its user for something; a pipe belongs to us.
    let isInteractive = isatty(STDIN_FILENO) == 1
    var options = PlatformOptions()
    options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(1))]
    let variables = Dictionary(uniqueKeysWithValues: environment.map { (Environment.Key(rawValue: $0.key)!, $0.value) })
    let executable: Executable = program.contains("/") ? .path(FilePath(program)) : .name(program)
    let (status, output, errors): (TerminationStatus, [UInt8], [UInt8])
    if isInteractive {
      let result = try await Subprocess.run(
        executable, arguments: Arguments(arguments), environment: .custom(variables), platformOptions: options,
        input: .currentStandardInput, output: .bytes(limit: Self.outputBytesMax), error: .bytes(limit: Self.errorBytesMax))
      (status, output, errors) = (result.terminationStatus, result.standardOutput, result.standardError)
    } else {
      let result = try await Subprocess.run(
        executable, arguments: Arguments(arguments), environment: .custom(variables), platformOptions: options,
        output: .bytes(limit: Self.outputBytesMax), error: .bytes(limit: Self.errorBytesMax))
      (status, output, errors) = (result.terminationStatus, result.standardOutput, result.standardError)
    }
    try Task.checkCancellation()
    guard status.isSuccess else { throw failure(Self.words(status, errors)) }
    return output
  }

  /// How it ended, with the first line that it wrote to stderr. What it wrote to stdout may be keys.
  private static func words(_ status: TerminationStatus, _ errors: [UInt8]) -> String {
    let end =
      switch status {
      case .exited(let code): "ended with code \(code)"
      case .signaled(let signal): "was ended by signal \(signal)"
      }
    let lines = String(decoding: errors, as: UTF8.self).split(whereSeparator: \.isNewline)
    let line = lines.lazy.map { line in
      String(String.UnicodeScalarView(line.unicodeScalars.filter { $0.properties.generalCategory != .control }))
        .trimmingCharacters(in: .whitespaces)
    }.first { !$0.isEmpty }
    guard let line else { return "\(end) and said nothing on stderr" }
    return "\(end): \(line.prefix(300))"
  }

  private static func words(_ error: SubprocessError, _ program: String) -> String {
    switch error.code {
    case .executableNotFound where !FileManager.default.fileExists(atPath: program):
      "can't be started: there is no program \(program)"
    case .outputLimitExceeded:
      "wrote more than \(outputBytesMax >> 10) KB to stdout, or \(errorBytesMax >> 20) MB to stderr, which are no credentials"
    case .executableNotFound, .spawnFailed: "can't be started: \(program) is no program that you may run"
    default: "can't be run (\(error.code))"
    }
  }
}

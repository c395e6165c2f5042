import AWSWire
import Foundation
import Testing

@testable import AWSClient

/// What a `credential_process` prints, and how it ends.
struct ProcessCredentialsTests {
  @Test func everythingItMayPrint() throws {
    let text =
      #"{"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "s", "SessionToken": "t", "Expiration": "1970-01-01T01:00:00+00:00", "x": []}"#
    let expected = Credentials(
      accessKeyID: "A", secretAccessKey: "s", sessionToken: "t", expiration: Date(timeIntervalSince1970: 3_600))
    #expect(try ProcessCredentials(Array(text.utf8)).credentials == expected)
  }

  @Test(arguments: [
    ("", "JSON object"), ("sesame", "JSON object"), (#"["sesame"]"#, "JSON object"), (#"{"x": "sesame"}"#, "Version is missing"),
    (#"{"Version": 2, "AccessKeyId": "A", "SecretAccessKey": "sesame"}"#, "Version isn't 1"),
    (#"{"Version": "1", "AccessKeyId": "A", "SecretAccessKey": "sesame"}"#, "Version isn't 1"),
    (#"{"Version": 1, "SecretAccessKey": "sesame"}"#, "AccessKeyId is missing"),
    (#"{"Version": 1, "AccessKeyId": "sesame"}"#, "SecretAccessKey is missing"),
    (#"{"Version": 1, "AccessKeyId": "sesame", "SecretAccessKey": ""}"#, "SecretAccessKey is missing"),
    (#"{"Version": 1, "AccessKeyId": ["sesame"], "SecretAccessKey": "x"}"#, "AccessKeyId isn't a string"),
    (#"{"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "s", "Expiration": "sesame"}"#, "Expiration is no time"),
  ])
  func whatItMustNotPrint(text: String, words: String) throws {
    let error = try #require(throws: ProcessCredentials.Malformed.self) { try ProcessCredentials(Array(text.utf8)) }
    #expect(error.reason.contains(words) && !error.reason.contains("sesame"))
  }

  private func provider(_ command: String, limit: Duration = .seconds(60)) -> ProcessCredentialProvider {
    var provider = ProcessCredentialProvider(
      profile: "dev", command: command, environment: ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? ""])
    provider.limit = limit
    return provider
  }

  @Test(arguments: [
    (#"sh -c 'echo sesame; echo "  No luck" >&2; echo more >&2; exit 3'"#, "ended with code 3: No luck."),
    (#"sh -c 'printf "\n\033[31mred\007\n" >&2; exit 1'"#, "ended with code 1: [31mred."),
    ("sh -c 'echo sesame; exit 2'", "ended with code 2 and said nothing on stderr."),
    ("sh -c 'kill -9 $$'", "was ended by signal 9"),
    ("/nowhere/at/all x", "can't be started: there is no program /nowhere/at/all"),
    ("no-such-program-here", "there is no program no-such-program-here"), ("/dev/null", "can't be started"),
    ("'x", "quotation marks"),
    ("''", "quotation marks"), ("sh -c 'head -c 100000 /dev/zero'", "wrote more than 64 KB"),
    ("echo sesame", "isn't a JSON object"),
  ])
  func itsFailures(command: String, words: String) async throws {
    let error = try await #require(throws: AWSClientError.self) { try await provider(command).credentials() }
    #expect(error.code == .credentials)
    #expect(
      error.message.hasPrefix("The credential_process of profile \"dev\" ") && error.message.contains(words), "\(error.message)")
    #expect(!error.message.contains("sesame"))
  }

  @Test func oneThatTakesTooLongIsEnded() async throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "bedquota-\(UUID().uuidString)").path
    let command = "sh -c 'echo $$ > \(file); exec sleep 1000'"
    let error = try await #require(throws: AWSClientError.self) {
      try await provider(command, limit: .milliseconds(500)).credentials()
    }
    #expect(error.message.contains("was ended"))
    #expect(isGone(file))
  }

  @Test(.timeLimit(.minutes(5)))
  func oneWhoseChildrenGoOnIsEndedAllTheSame() async throws {
    let error = try await #require(throws: AWSClientError.self) {
      try await provider("sh -c 'sleep 600 & wait'", limit: .milliseconds(500)).credentials()
    }
    #expect(error.message.contains("was ended"))
  }

  @Test func oneWhoseCallerGoesAwayIsEnded() async throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "bedquota-\(UUID().uuidString)").path
    let task = Task { try await provider("sh -c 'echo $$ > \(file); exec sleep 1000'").credentials() }
    while (try? String(contentsOfFile: file, encoding: .utf8))?.hasSuffix("\n") != true { await Task.yield() }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(isGone(file))
  }

  /// Whether the process whose id stands in a file has ended.
  private func isGone(_ file: String) -> Bool {
    guard let text = try? String(contentsOfFile: file, encoding: .utf8), let id = Int32(text.dropLast()) else { return false }
    return kill(id, 0) != 0
  }
}

import AWSWire
import Foundation
import Testing

@testable import BedquotaCommands

/// The file of accounts of commands that read.
struct AccountSourceTests {
  private func read(_ text: String) throws -> [AccountSource] {
    let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try Data(text.utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    return try AccountSource.read(file.path)
  }

  @Test func anAccountALine() throws {
    let role = "arn:aws:iam::123456789012:role/Reader"
    #expect(
      try read("# ours\nbusy\nlab = \(role)  # theirs\n") == [
        AccountSource("busy"), AccountSource("lab = \(role)"),
      ])
  }

  /// Commands that send take a list of YAML under the same option.
  @Test(arguments: ["- own\n", "busy\n  - {name: lab}\n"])
  func aListOfYAMLIsNamed(text: String) throws {
    let refusal = #expect(throws: AWSClientError.self) { try read(text) }
    #expect(refusal?.message.contains("is a list for `run` and `invoke`; here write a profile or a role's ARN a line.") == true)
  }
}

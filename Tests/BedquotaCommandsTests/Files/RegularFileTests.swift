import Foundation
import Testing

@testable import BedquotaCommands

struct RegularFileTests {
  private func inFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "bedquota-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }

  private func replace(_ path: String, _ text: String) throws -> Int32 {
    let facts = try PathFacts(of: path)
    return Array(text.utf8).withUnsafeBytes { RegularFile(facts).replace(with: $0) }
  }

  private func content(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

  private func mode(_ path: String) -> mode_t {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode & 0o777 : 0
  }

  @Test func aNewFileIsForItsOwnerAlone() throws {
    try inFolder { folder in
      let path = "\(folder)/new"
      let code = try replace(path, "text")
      #expect(code == 0)
      #expect(try content(path) == "text" && mode(path) == 0o600)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["new"])
    }
  }

  @Test func aReplacedFileKeepsItsModeAndItsLink() throws {
    try inFolder { folder in
      let (path, link) = ("\(folder)/old", "\(folder)/link")
      try "before".write(toFile: path, atomically: false, encoding: .utf8)
      #expect(chmod(path, 0o640) == 0)
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "old")
      #expect(try replace(link, "after") == 0)
      #expect(try content(path) == "after" && mode(path) == 0o640)
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "old")
    }
  }

  @Test(arguments: ["", "short", "much longer than the text that was there before"])
  func overwritingLeavesNothingOfTheOldContent(text: String) throws {
    try inFolder { folder in
      let path = "\(folder)/old"
      try "twelve bytes".write(toFile: path, atomically: false, encoding: .utf8)
      let facts = try PathFacts(of: path)
      #expect(Array(text.utf8).withUnsafeBytes { RegularFile(facts).overwrite(with: $0) } == 0)
      #expect(try content(path) == text)
    }
  }

  @Test func aLinkToNothingLeadsToTheNewFile() throws {
    try inFolder { folder in
      let link = "\(folder)/link"
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "target")
      let facts = try PathFacts(of: link)
      #expect(facts.kind == .nothing && facts.target == "\(folder)/target")
    }
  }

  @Test func linksInACircleAreAnError() throws {
    try inFolder { folder in
      try FileManager.default.createSymbolicLink(atPath: "\(folder)/a", withDestinationPath: "b")
      try FileManager.default.createSymbolicLink(atPath: "\(folder)/b", withDestinationPath: "a")
      #expect(throws: PathFacts.LookupFailure.self) { try PathFacts(of: "\(folder)/a") }
    }
  }
}

import Foundation
import Testing

@testable import Bedquota

/// A run harms no file.
struct BatchPathsTests {
  private func open(_ input: URL, _ output: URL, resumes: Bool = false) throws -> BatchFiles {
    var options = BatchRun.Options()
    options.resumes = resumes
    return try BatchFiles.open(BatchInput(input), output, models: ["m"], options: options)
  }

  @Test(arguments: ["itself", "symbolic link", "hard link", "journal", "link to the journal"], [false, true])
  func theInputIsNeverOverwritten(how: String, resumes: Bool) throws {
    let folder = try BatchFolder()
    let before = try Data(contentsOf: folder.input)
    var (input, output) = (folder.input, folder.output)
    switch how {
    case "itself": output = folder.url.appending(path: "../\(folder.url.lastPathComponent)/in.jsonl")
    case "symbolic link": try FileManager.default.createSymbolicLink(at: output, withDestinationURL: input)
    case "hard link": try FileManager.default.linkItem(at: input, to: output)
    case "journal":
      try FileManager.default.moveItem(at: input, to: folder.journal)
      input = folder.journal
    default: try FileManager.default.createSymbolicLink(at: folder.journal, withDestinationURL: input)
    }
    #expect(throws: BedquotaError.self) { try open(input, output, resumes: resumes) }
    #expect(try Data(contentsOf: input) == before)
  }

  @Test func somebodysFileWithTheJournalsNameStays() throws {
    let folder = try BatchFolder()
    try Data("my notes\n".utf8).write(to: folder.journal)
    for resumes in [false, true] {
      #expect(throws: BedquotaError.self) { try open(folder.input, folder.output, resumes: resumes) }
    }
    #expect(try Data(contentsOf: folder.journal) == Data("my notes\n".utf8))
    #expect(!FileManager.default.fileExists(atPath: folder.output.path))
  }

  @Test(arguments: ["/dev/null", "/dev/full", "/tmp", "/nowhere/at/all"]) func anOutputThatIsNoFileIsRefused(path: String) throws
  {
    let folder = try BatchFolder()
    let refusal = try #require(throws: BedquotaError.self) { try open(folder.input, URL(filePath: path)) }
    #expect(refusal.parameters == ["outputFile"])
  }

  @Test(arguments: ["elsewhere", "./elsewhere", "in.jsonl.new"]) func aLinkToAFreePathLeadsThere(target: String) throws {
    let folder = try BatchFolder()
    try FileManager.default.createSymbolicLink(atPath: folder.output.path, withDestinationPath: target)
    _ = try open(folder.input, folder.output)
    #expect(FileManager.default.fileExists(atPath: folder.url.appending(path: target).path))
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.output.path) == target)
  }

  @Test(arguments: ["out.jsonl", "nowhere/at/all", "/nowhere/at/all"]) func aLinkThatLeadsNowhereIsRefused(target: String) throws
  {
    let folder = try BatchFolder()
    try FileManager.default.createSymbolicLink(atPath: folder.output.path, withDestinationPath: target)
    #expect(throws: BedquotaError.self) { try open(folder.input, folder.output) }
  }

  @Test(arguments: ["/tmp", "/dev/zero", "/nowhere/at/all"]) func anInputThatIsNoFileIsRefused(path: String) {
    let refusal = #expect(throws: BedquotaError.self) { try BatchInput(URL(filePath: path)) }
    #expect(refusal?.code == .file && refusal?.parameters == ["input"])
  }

  @Test(
    arguments: [
      ("[{\"recordId\":\"a\"}]", "JSON array"), ("\u{FEFF}  [\n", "JSON array"),
      ("{\n  \"recordId\": \"a\"\n}\n", "several lines"),
    ])
  func aFormThatIsNotJSONLinesIsRefused(text: String, word: String) throws {
    let folder = try BatchFolder()
    try Data(text.utf8).write(to: folder.input)
    #expect(try #require(throws: BedquotaError.self) { try BatchInput(folder.input) }.message.contains(word))
  }

  @Test(arguments: [String.Encoding.utf16, .utf16LittleEndian]) func utf16IsRefused(encoding: String.Encoding) throws {
    let folder = try BatchFolder()
    try #require(BatchFolder.line(0).data(using: encoding)).write(to: folder.input)
    #expect(try #require(throws: BedquotaError.self) { try BatchInput(folder.input) }.message.contains("UTF-8"))
  }
}

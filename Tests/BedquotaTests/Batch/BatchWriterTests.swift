import Foundation
import Testing

@testable import Bedquota

/// What happens when the output can't be written.
struct BatchWriterTests {
  private func output(_ folder: BatchFolder) throws -> BatchOutput {
    BatchOutput(BatchWriter(try folder.open(), patience: .zero), isOrdered: false)
  }

  /// As somebody does to a run that writes.
  @Test(arguments: ["deleted", "replaced", "truncated", "appended to"]) func anOutputThatWasChangedEndsTheRun(how: String)
    async throws
  {
    let folder = try BatchFolder()
    let output = try output(folder)
    try await output.write(BatchFolder.result(0), position: 0)
    try await output.flush()
    switch how {
    case "deleted": try FileManager.default.removeItem(at: folder.output)
    case "replaced":
      try FileManager.default.removeItem(at: folder.output)
      try Data("mine\n".utf8).write(to: folder.output)
    case "truncated": #expect(truncate(folder.output.path, 0) == 0)
    default: try folder.append("mine\n", to: folder.output)
    }
    let changed = try? Data(contentsOf: folder.output)
    try await output.write(BatchFolder.result(1), position: 1)
    let error = await #expect(throws: BedquotaError.self) { try await output.flush() }
    #expect(error?.message.contains("deleted, replaced or changed") == true)
    #expect((try? Data(contentsOf: folder.output)) == changed)
    #expect(output.counts == (1, 0))
  }

  @Test func aSecondRunIsRefusedAndNamesTheFirst() async throws {
    let folder = try BatchFolder()
    let first = try folder.open()
    for resumes in [false, true] {
      let refusal = try #require(throws: BedquotaError.self) { try folder.open(resumes: resumes) }
      #expect(refusal.message.contains("process \(getpid())"))
    }
    withExtendedLifetime(first) {}
  }

  /// The lock of a process that is gone blocks nobody: it went with the process.
  @Test func aRunThatHasEndedBlocksNobody() async throws {
    let folder = try BatchFolder()
    try await folder.run([BatchFolder.result(0)])
    #expect(try folder.open(resumes: true).done.count == 1)
  }

  @Test func anotherNameOfTheSameOutputIsTheSameRun() async throws {
    let folder = try BatchFolder()
    let first = try folder.open()
    let link = folder.url.appending(path: "link.jsonl")
    try FileManager.default.createSymbolicLink(at: link, withDestinationURL: folder.output)
    var options = BatchRun.Options()
    options.resumes = true
    let refusal = try #require(throws: BedquotaError.self) {
      try BatchFiles.open(BatchInput(folder.input), link, models: ["m"], options: options)
    }
    #expect(refusal.message.contains("process \(getpid())"))
    withExtendedLifetime(first) {}
  }
}

import Foundation
import Testing

@testable import Bedquota

/// Output and journal on a disk: what is safe, and where a resumed run goes on.
struct BatchFilesTests {
  private func result(_ index: Int) -> BatchResult { BatchFolder.result(index) }

  private func begin(_ folder: BatchFolder, isOrdered: Bool = false) throws -> BatchOutput {
    BatchOutput(BatchWriter(try folder.open(), patience: .zero), isOrdered: isOrdered)
  }

  @Test func resultsAreWrittenInTheOrderOfTheInput() async throws {
    let folder = try BatchFolder()
    let output = try begin(folder, isOrdered: true)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for index in [2, 1, 0] { group.addTask { try await output.write(result(index), position: index) } }
      try await group.waitForAll()
    }
    try await output.flush()
    #expect(try Data(contentsOf: folder.output) == [0, 1, 2].map { result($0).line }.reduce(Data(), +))
    #expect(output.counts == (3, 0))
  }

  /// A worker that waits for an earlier result, which never comes.
  @Test func aCancelledWaiterEnds() async throws {
    let folder = try BatchFolder()
    let output = try begin(folder, isOrdered: true)
    let waiter = Task { try await output.write(result(1), position: 1) }
    waiter.cancel()
    await #expect(throws: CancellationError.self) { try await waiter.value }
    await #expect(throws: CancellationError.self) { try await output.write(result(2), position: 2) }
  }

  @Test func onlyTheirOwnerMayReadThem() async throws {
    let folder = try BatchFolder()
    try await folder.run([result(0)])
    for url in [folder.output, folder.journal] {
      #expect(try #require(FileStatus(path: url.path)).permissions == 0o600)
    }
  }

  @Test(arguments: ["out.jsonl", "out.jsonl.gz"]) func aResumedRunGoesOnBehindWhatIsSafe(name: String) async throws {
    let folder = try BatchFolder(output: name)
    try await folder.run([result(0), result(2)])
    // A crash left half a line in both files.
    for url in [folder.output, folder.journal] { try folder.append("{\"half", to: url) }
    let files = try folder.open(resumes: true)
    #expect(files.done.count == 2)
    #expect(try await folder.left(files) == ["r1"])
    let again = BatchOutput(BatchWriter(files, patience: .zero), isOrdered: false)
    try await again.write(result(1), position: 0)
    try await again.flush()
    #expect(try folder.identifiers() == ["r0", "r2", "r1"])
    #expect(again.counts == (1, 0))
  }

  /// A run whose first request shows that the id is wrong leaves an empty output.
  @Test func anEmptyOutputIsNoReasonToRefuse() async throws {
    let folder = try BatchFolder()
    _ = try folder.open(resumes: false, model: "wrong")
    try await folder.run([result(0)])
    #expect(try folder.identifiers() == ["r0"])
    try Data().write(to: folder.output)
    #expect(throws: BedquotaError.self, "its journal names a result") { try folder.open(resumes: false) }
  }

  @Test func filesThatDoNotBelongTogetherAreRefused() async throws {
    let folder = try BatchFolder()
    try await folder.run([result(0)])
    let other = #expect(throws: BedquotaError.self) { try folder.open(resumes: true, model: "another") }
    #expect(other?.code == .file && other?.parameters == ["outputFile"])
    try Data().write(to: folder.output)
    #expect(try #require(throws: BedquotaError.self) { try folder.open(resumes: true) }.message.contains("is shorter than"))
    try Data("x".utf8).write(to: folder.output)
    try FileManager.default.removeItem(at: folder.journal)
    #expect(try #require(throws: BedquotaError.self) { try folder.open(resumes: true) }.message.contains("is missing"))
  }
}

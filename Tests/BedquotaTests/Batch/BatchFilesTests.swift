import AWSWire
import Foundation
import Testing

@testable import Bedquota

/// Output and journal on a disk: what is safe, and where a resumed run goes on.
struct BatchFilesTests {
  /// A folder of its own, removed with the value.
  private final class Folder: Sendable {
    let url = FileManager.default.temporaryDirectory.appending(path: "bedquota-\(UUID().uuidString)")
    var input: URL { url.appending(path: "in.jsonl") }
    var output: URL { url.appending(path: "out.jsonl") }
    var journal: URL { BatchJournal.url(for: output) }

    init(lines: Int = 3) throws {
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
      try Data((0..<lines).map { "{\"recordId\":\"r\($0)\"}\n" }.joined().utf8).write(to: input)
    }

    deinit { try? FileManager.default.removeItem(at: url) }
  }

  private func result(_ index: Int) -> BatchResult {
    BatchResult(index: index, line: Data("{\"recordId\":\"r\(index)\"}\n".utf8))
  }

  private func begin(_ folder: Folder, isOrdered: Bool = false) throws -> BatchOutput {
    let journal = try BatchJournal(for: folder.output, input: folder.input, model: "m")
    return BatchOutput(try BatchWriter(folder.output, journal: journal, bytes: 0), isOrdered: isOrdered)
  }

  @Test func resultsAreWrittenInTheOrderOfTheInput() async throws {
    let folder = try Folder()
    let output = try begin(folder, isOrdered: true)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for index in [2, 1, 0] { group.addTask { try await output.write(result(index), position: index) } }
      try await group.waitForAll()
    }
    try await output.flush()
    #expect(try Data(contentsOf: folder.output) == [0, 1, 2].map { result($0).line }.reduce(Data(), +))
  }

  /// A worker that waits for an earlier result, which never comes.
  @Test func aCancelledWaiterEnds() async throws {
    let folder = try Folder()
    let output = try begin(folder, isOrdered: true)
    let waiter = Task { try await output.write(result(1), position: 1) }
    waiter.cancel()
    await #expect(throws: CancellationError.self) { try await waiter.value }
    await #expect(throws: CancellationError.self) { try await output.write(result(2), position: 2) }
  }

  @Test func aResumedRunGoesOnBehindWhatIsSafe() async throws {
    let folder = try Folder()
    let output = try begin(folder)
    try await output.write(result(0), position: 0)
    try await output.write(result(2), position: 1)
    try await output.flush()
    // A crash left half a line in both files.
    for url in [folder.output, folder.journal] {
      let file = try FileHandle(forWritingTo: url)
      try file.seekToEnd()
      try file.write(contentsOf: Data("{\"half".utf8))
      try file.close()
    }
    let resumed = try BatchJournal.resume(folder.output, input: folder.input, model: "m")
    #expect((0..<3).map(resumed.done.contains) == [true, false, true] && resumed.done.count == 2)
    let again = BatchOutput(
      try BatchWriter(folder.output, journal: resumed.journal, bytes: resumed.bytes), isOrdered: false)
    try await again.write(result(1), position: 0)
    try await again.flush()
    #expect(try Data(contentsOf: folder.output) == [0, 2, 1].map { result($0).line }.reduce(Data(), +))
    #expect(try BatchJournal.resume(folder.output, input: folder.input, model: "m").done.count == 3)
  }

  @Test func filesThatDoNotBelongTogetherAreRefused() async throws {
    let folder = try Folder()
    let output = try begin(folder)
    try await output.write(result(0), position: 0)
    try await output.flush()
    func resume(_ model: String) throws { _ = try BatchJournal.resume(folder.output, input: folder.input, model: model) }
    let other = #expect(throws: BedquotaError.self) { try resume("another") }
    #expect(other?.code == .file && other?.parameters == ["outputFile"])
    try Data().write(to: folder.output)
    #expect(try #require(throws: BedquotaError.self) { try resume("m") }.message.contains("is shorter than"))
    try Data("x".utf8).write(to: folder.output)
    try FileManager.default.removeItem(at: folder.journal)
    #expect(try #require(throws: BedquotaError.self) { try resume("m") }.message.contains("is missing"))
  }

  @Test func linesThatAreDoneOrBlankAreLeftOut() async throws {
    let folder = try Folder()
    try Data("a\n\n \t\r\nb\nc\nlast".utf8).write(to: folder.input)
    var done = RecordSet()
    done.insert(3)
    let reader = try RecordReader(folder.input, done: done)
    var lines: [RecordReader.Line] = []
    while let line = try await reader.next() { lines.append(line) }
    #expect(lines.map { String(decoding: $0.text, as: UTF8.self) } == ["a", "c", "last"])
    #expect(lines.map(\.index) == [0, 4, 5] && lines.map(\.position) == [0, 1, 2])
  }

  @Test func aFileThatIsNotThere() {
    let error = #expect(throws: BedquotaError.self) {
      _ = try RecordReader(URL(filePath: "/nowhere/at/all"), done: RecordSet())
    }
    #expect(error?.code == .file && error?.parameters == ["input"] && error?.underlying != nil)
  }
}

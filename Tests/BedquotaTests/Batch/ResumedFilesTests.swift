import Foundation
import Testing

@testable import Bedquota

/// The output is the truth: no whole result is cut or sent again, whatever has happened to the journal.
struct ResumedFilesTests {
  private static let count = 12

  /// A folder in which records 0 to 8 of 12 have a result.
  private func folder(_ output: String = "out.jsonl") async throws -> BatchFolder {
    let folder = try BatchFolder(lines: Self.count, output: output)
    try await folder.run((0..<9).map { BatchFolder.result($0) })
    return folder
  }

  private func damage(_ folder: BatchFolder, _ change: (inout [[UInt8]]) -> Void) throws {
    var lines = try Array(Data(contentsOf: folder.journal)).split(separator: 0x0A, omittingEmptySubsequences: false).map(
      Array.init)
    change(&lines)
    try Data(lines.joined(separator: [0x0A])).write(to: folder.journal)
  }

  private func expectNothingLost(_ folder: BatchFolder, note: String?) async throws {
    let before = try Data(contentsOf: folder.output)
    let files = try folder.open(resumes: true)
    #expect(files.done.count == 9)
    #expect(try await folder.left(files) == ["r9", "r10", "r11"])
    #expect(try Data(contentsOf: folder.output) == before)
    if let note { #expect(files.notes.first?.contains(note) == true) } else { #expect(files.notes.isEmpty) }
  }

  @Test func anUntouchedJournal() async throws { try await expectNothingLost(folder(), note: nil) }

  @Test(arguments: [1, 4, 9]) func aFlippedBit(line: Int) async throws {
    let folder = try await folder()
    try damage(folder) { $0[line][20] ^= 1 }
    try await expectNothingLost(folder, note: "damaged at line \(line + 1)")
  }

  @Test func aRemovedLine() async throws {
    let folder = try await folder()
    try damage(folder) { $0.remove(at: 3) }
    try await expectNothingLost(folder, note: "damaged at line 4")
  }

  @Test func aRemovedLastLine() async throws {
    let folder = try await folder()
    try damage(folder) { $0.remove(at: $0.count - 2) }
    try await expectNothingLost(folder, note: nil)
  }

  @Test func linesThatChangedPlaces() async throws {
    let folder = try await folder()
    try damage(folder) { $0.swapAt(2, 3) }
    try await expectNothingLost(folder, note: "damaged at line 3")
  }

  @Test func aTailOfNULs() async throws {
    let folder = try await folder()
    try damage(folder) { for index in 5..<$0.count { $0[index] = $0[index].map { _ in 0 } } }
    try await expectNothingLost(folder, note: "damaged at line 6")
  }

  @Test func nothingButNULs() async throws {
    let folder = try await folder()
    let size = try Data(contentsOf: folder.journal).count
    try Data(repeating: 0, count: size).write(to: folder.journal)
    try await expectNothingLost(folder, note: "damaged at line 1")
  }

  @Test func aJournalOfAnEarlierVersion() async throws {
    let folder = try await folder()
    let bytes = try Data(contentsOf: folder.output).count
    let old = "{\"input\":\"1-ab\",\"model\":\"m\"}\n{\"bytes\":\(bytes),\"records\":[0,1,2,3,4,5,6,7,8]}\n"
    try Data(old.utf8).write(to: folder.journal)
    try await expectNothingLost(folder, note: nil)
  }

  /// Resuming twice finds the same, although the journal has been written anew.
  @Test func theMendedJournalIsSound() async throws {
    let folder = try await folder()
    try damage(folder) { $0[4][20] ^= 1 }
    do { _ = try folder.open(resumes: true) }
    try await expectNothingLost(folder, note: nil)
  }

  // MARK: - The output

  /// Written, but not in the journal: the process died between the two.
  @Test func wholeResultsBehindTheJournalsEndStay() async throws {
    let folder = try await folder()
    try folder.append(
      String(decoding: BatchFolder.result(9).line + BatchFolder.result(10).line.dropLast(), as: UTF8.self), to: folder.output)
    let files = try folder.open(resumes: true)
    #expect(try await folder.left(files) == ["r11"])
    #expect(try folder.identifiers() == (0...10).map { "r\($0)" })
    #expect(try Data(contentsOf: folder.output).last == 0x0A)
  }

  @Test func aTornLineBetweenResultsGoes() async throws {
    let folder = try await folder()
    try folder.append(
      "{\"recordId\":\"r9\",\"mod" + "\n" + String(decoding: BatchFolder.result(10).line, as: UTF8.self), to: folder.output)
    let files = try folder.open(resumes: true)
    #expect(files.notes.contains { $0.contains("no whole results") })
    #expect(try await folder.left(files) == ["r9", "r11"])
    #expect(try folder.identifiers() == (0..<9).map { "r\($0)" } + ["r10"])
  }

  @Test func aTornMemberGoes() async throws {
    let folder = try await folder("out.jsonl.gz")
    let member = Gzip.member(BatchFolder.result(9).line)
    let file = try FileHandle(forWritingTo: folder.output)
    try file.seekToEnd()
    try file.write(contentsOf: member.prefix(member.count - 6))
    try file.close()
    let files = try folder.open(resumes: true)
    // Only the end of the last member is gone, so its result can be read.
    #expect(try folder.identifiers() == (0...9).map { "r\($0)" })
    #expect(try await folder.left(files) == ["r10", "r11"])
  }

  // MARK: - The input

  @Test func aReorderedInputLosesNothing() async throws {
    let folder = try await folder()
    try folder.write((0..<Self.count).reversed().map(BatchFolder.line))
    #expect(try await folder.left(folder.open(resumes: true)) == ["r11", "r10", "r9"])
  }

  @Test func aLongerInputGoesOn() async throws {
    let folder = try await folder()
    try folder.write((0...Self.count).map(BatchFolder.line))
    #expect(try await folder.left(folder.open(resumes: true)).last == "r12")
  }

  @Test(arguments: [["r3"], [#"{"recordId":"r3","modelInput":{"number":4}}"#]])
  func aChangedRecordWithAResultIsRefused(replacement: [String]) async throws {
    let folder = try await folder()
    let (before, journal) = (try Data(contentsOf: folder.output), try Data(contentsOf: folder.journal))
    var lines = (0..<Self.count).map(BatchFolder.line)
    lines[3] = replacement[0]
    try folder.write(lines)
    let refusal = try #require(throws: BedquotaError.self) { try folder.open(resumes: true) }
    #expect(refusal.message.contains("1 of the 9 results") && refusal.message.contains("another input"))
    #expect(try Data(contentsOf: folder.output) == before)
    #expect(try Data(contentsOf: folder.journal) == journal)
  }

  /// Records that share their id and their body are as many as the input has.
  @Test func recordsThatAreRepeatedAreCounted() async throws {
    let folder = try BatchFolder(lines: 0)
    try folder.write([0, 0, 0, 1].map(BatchFolder.line))
    try await folder.run([BatchFolder.result(0), BatchFolder.result(0)])
    #expect(try await folder.left(folder.open(resumes: true)) == ["r0", "r1"])
  }

  // MARK: - Errors

  @Test(arguments: ["out.jsonl", "out.jsonl.gz"]) func failedResultsLeaveTheOutputWhenTheyAreTriedAgain(name: String) async throws
  {
    let folder = try BatchFolder(lines: 4, output: name)
    try await folder.run([BatchFolder.result(0), BatchFolder.result(1, isError: true), BatchFolder.result(2)])
    do {
      let resumed = try folder.open(resumes: true)
      #expect(resumed.errors == 1)
      #expect(try await folder.left(resumed) == ["r3"])
    }
    let files = try folder.open(retriesFailed: true)
    #expect(files.errors == 0)
    #expect(try await folder.left(files) == ["r1", "r3"])
    #expect(try folder.identifiers() == ["r0", "r2"])
  }
}

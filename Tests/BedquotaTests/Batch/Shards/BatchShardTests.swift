import Foundation
import Testing

@testable import Bedquota

/// An input that is cut into shards, and outputs that are joined again.
struct BatchShardTests {
  private func folder() throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appending(path: "shards-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }

  private func lines(of file: URL, _ shard: BatchShard, chunk: Int) throws -> [String] {
    var source = try BatchInput(file).shard(shard).source()
    var bytes: [UInt8] = []
    while true {
      let part = try source.read(upTo: chunk)
      if part.isEmpty { break }
      bytes += part
    }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  /// Whatever the lengths of lines, with and without a newline at the end, and however few bytes come at a time.
  @Test(arguments: [1, 2, 3, 7, 64, 1_000], [true, false])
  func everyLineIsInOneShard(count: Int, endsWithNewline: Bool) throws {
    var random = SystemRandomNumberGenerator()
    let folder = try folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    for round in 0..<20 {
      let texts = (0..<Int.random(in: 0...40, using: &random)).map { line in
        String(repeating: "x", count: Int.random(in: 0...(round < 10 ? 12 : 200), using: &random)) + "\(line)"
      }
      let file = folder.appending(path: "in-\(round).jsonl")
      let text = texts.joined(separator: "\n") + (endsWithNewline && !texts.isEmpty ? "\n" : "")
      try Data(text.utf8).write(to: file)
      var found: [String] = []
      for index in 0..<count {
        let shard = try #require(BatchShard(index: index, count: count))
        found += try lines(of: file, shard, chunk: [1, 3, 4_096][round % 3]).filter { !$0.isEmpty }
      }
      #expect(found == texts.filter { !$0.isEmpty })
    }
  }

  @Test func shardsAreAboutEqual() throws {
    let sizes = (0..<7).compactMap { BatchShard(index: $0, count: 7)?.range(of: UInt64.max - 3) }
    #expect(sizes.first?.lowerBound == 0 && sizes.last?.upperBound == .max - 3)
    #expect(sizes.allSatisfy { ($0.count.distance(to: sizes[0].count)).magnitude <= 1 })
    #expect(zip(sizes, sizes.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound })
  }

  @Test(arguments: [(0, 0), (-1, 4), (4, 4), (0, 100_001)])
  func noSuchShard(index: Int, count: Int) { #expect(BatchShard(index: index, count: count) == nil) }

  @Test(arguments: [("out.jsonl", "out.jsonl.00003-of-00032"), ("out.jsonl.gz", "out.jsonl.00003-of-00032.gz")])
  func theOutputOfAShard(output: String, name: String) throws {
    let shard = try #require(BatchShard(index: 3, count: 32))
    for folder in ["", "./", "/tmp/"] { #expect(shard.output(of: folder + output) == folder + name) }
    #expect(BatchShard(name: name, of: output) == shard)
    for other in ["\(name)x", "out.jsonl.3-of-32", "out.jsonl.00032-of-00032", output, "\(name).progress", "", "x"] {
      #expect(BatchShard(name: other, of: output) == nil)
    }
  }

  /// The lines of a shard have no numbers of the whole file.
  @Test func recordsWithoutIDsAreToldApart() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "in.jsonl")
    try Data((0..<10).map { _ in #"{"modelInput":{}}"# + "\n" }.joined().utf8).write(to: file)
    var ids: [String] = []
    for index in 0..<3 {
      var records = try RecordReader.Records(BatchInput(file).shard(try #require(BatchShard(index: index, count: 3))))
      while let record = try records.next() { ids.append(record.recordID) }
    }
    #expect(ids.count == 10 && Set(ids).count == 10 && ids.first == "shard-0-of-3-line-1")
  }

  // MARK: - Merging

  private func write(_ ids: [String], to shard: BatchShard, of output: URL, cut: Bool = false) throws {
    let text = ids.map { #"{"modelInput":{},"modelOutput":{},"recordId":"\#($0)"}"# + "\n" }.joined()
    try Data((cut ? String(text.dropLast(5)) : text).utf8).write(to: URL(filePath: shard.output(of: output.path)))
  }

  private func shards(_ count: Int) -> [BatchShard] { (0..<count).compactMap { BatchShard(index: $0, count: count) } }

  @Test func outputsAreJoinedInOrder() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let output = folder.appending(path: "out.jsonl")
    for shard in shards(3) { try write(["a\(shard.index)", "b\(shard.index)"], to: shard, of: output) }
    let merged = try MergedShards(to: output)
    #expect(merged.shards == 3 && merged.results == 6 && merged.errors == 0)
    let ids = String(decoding: try Data(contentsOf: output), as: UTF8.self).split(separator: "\n").map { $0.suffix(4).prefix(2) }
    #expect(ids == ["a0", "b0", "a1", "b1", "a2", "b2"])
    // It doesn't write over what is there.
    #expect(throws: BedquotaError.self) { try MergedShards(to: output) }
  }

  @Test(arguments: ["none", "missing", "cut", "counts", "busy"])
  func whatIsNotWholeIsNotJoined(problem: String) throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let output = folder.appending(path: "out.jsonl")
    let all = shards(3)
    for shard in all where problem != "none" && (problem != "missing" || shard.index != 1) {
      try write(["\(shard.index)"], to: shard, of: output, cut: problem == "cut" && shard.index == 2)
    }
    if problem == "counts" { try write(["x"], to: shards(4)[0], of: output) }
    var journal: BatchJournal?
    if problem == "busy" {
      journal = try BatchJournal(BatchJournal.path(of: all[1].output(of: output.path)), replacing: nil, model: "m")
    }
    let error = #expect(throws: BedquotaError.self) { try MergedShards(to: output) }
    let words = [
      "none": "no output of a shard", "missing": "1/3 is missing", "cut": "cut off", "counts": "3 and of 4", "busy": "is writing",
    ]
    #expect(error?.message.contains(words[problem] ?? "?") == true, "\(error?.message ?? "")")
    let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(!left.contains("out.jsonl") && left.allSatisfy { $0.contains("-of-") })
    withExtendedLifetime(journal) {}
  }

  @Test func theInputShowsWhatLacksAResult() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let (input, output) = (folder.appending(path: "in.jsonl"), folder.appending(path: "out.jsonl"))
    let ids = (10..<40).map { "\($0)" }
    try Data(ids.map { #"{"recordId":"\#($0)","modelInput":{}}"# + "\n" }.joined().utf8).write(to: input)
    for shard in shards(2) { try write(Array(shard.index == 0 ? ids[..<15] : ids[16...]), to: shard, of: output) }
    let error = #expect(throws: BedquotaError.self) { try MergedShards(to: output, input: BatchInput(input)) }
    #expect(error?.message.contains("no result for 1 record of") == true)
    try write(Array(ids[15...]), to: shards(2)[1], of: output)
    try write(Array(ids[15...]) + ["stranger"], to: shards(2)[1], of: output)
    let stranger = #expect(throws: BedquotaError.self) { try MergedShards(to: output, input: BatchInput(input)) }
    #expect(stranger?.message.contains("not in the shard 1/2") == true)
    try write(Array(ids[15...]), to: shards(2)[1], of: output)
    #expect(try MergedShards(to: output, input: BatchInput(input)).results == 30)
  }
}

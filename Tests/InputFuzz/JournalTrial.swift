import AWSWire
import AdmissionSimulation
import Bedquota
import Foundation

/// Mutated journals and outputs of a run that was interrupted. A run that resumes refuses them with a sentence, or ends with every
/// whole result that was there and with one result for each other record.
struct JournalTrial: FuzzTrial {
  private static let count = 12

  private let folder: FuzzFolder
  private let input: [UInt8]
  /// The output and the journal of a whole run, as lines.
  private let output: [[UInt8]]
  private let journal: [[UInt8]]
  private var resumed = 0
  private var refused = 0

  init(_ folder: FuzzFolder) async throws {
    self.folder = folder
    let lines = (0..<Self.count).map {
      #"{"recordId":"r\#($0)","modelInput":{"messages":[{"role":"user","content":[{"text":"Hi \#($0)"}]}],"inferenceConfig":{"maxTokens":9}}}"#
    }
    input = Array((lines.joined(separator: "\n") + "\n").utf8)
    let files = try Self.files(folder, input)
    _ = try await Self.resume(files, resumes: false)
    output = try Self.lines(files.output)
    journal = try Self.lines(files.journal)
  }

  var summary: String { "\(resumed) resumed, \(refused) refused" }

  private struct Files {
    var input: URL
    var output: URL
    var journal: URL
  }

  private static func files(_ folder: FuzzFolder, _ input: [UInt8]) throws -> Files {
    let directory = try folder.emptied("journal")
    let output = directory.appending(path: "out.jsonl")
    let files = Files(
      input: directory.appending(path: "in.jsonl"), output: output, journal: output.appendingPathExtension("progress"))
    try Data(input).write(to: files.input)
    return files
  }

  private static func lines(_ url: URL) throws -> [[UInt8]] {
    try Data(contentsOf: url).split(separator: 0x0A, omittingEmptySubsequences: false).dropLast().map { Array($0) + [0x0A] }
  }

  private static func resume(_ files: Files, resumes: Bool) async throws -> BatchRun.Progress {
    let client = try FuzzClient.client(FuzzTransport { _ in .fine }, id: "amazon.nova-pro-v1:0")
    var options = BatchRun.Options()
    // With more, the order of the results would not follow from the seed.
    options.concurrency = 1
    options.resumes = resumes
    return try await BatchRun(input: files.input, output: files.output, client: client, options: options).run()
  }

  mutating func run(_ random: inout Random) async throws -> String? {
    let files = try Self.files(folder, input)
    var results = Array(output[..<random.below(output.count + 1)].joined())
    var records = Array(journal[..<random.below(journal.count + 1)].joined())
    if random.chance(0.6) { Mutator.damage(&results, &random) }
    if random.chance(0.6) { Mutator.damage(&records, &random) }
    if random.chance(0.9) { try Data(results).write(to: files.output) }
    if random.chance(0.9) { try Data(records).write(to: files.journal) }
    let before = (try? Self.whole(files.output)) ?? []
    do {
      _ = try await Self.resume(files, resumes: true)
    } catch let error as BedquotaError {
      refused += 1
      if error.message.isEmpty { return "a refusal without a sentence" }
      return before == ((try? Self.whole(files.output)) ?? []) ? nil : "a refused run has changed the output"
    }
    resumed += 1
    let after = try Self.whole(files.output)
    if !after.starts(with: before) {
      let lost = before.first { !after.contains($0) }.map { String(decoding: $0, as: UTF8.self) }
      return "results were cut, changed or moved: \(lost ?? "")"
    }
    return Self.problem(before, after)
  }

  /// Each record has a result in the end, and none that had one gets a second.
  private static func problem(_ before: [Data], _ after: [Data]) -> String? {
    func ids(_ lines: [Data]) -> [String] { lines.compactMap { (try? JSONValue($0))?["recordId"]?.string } }
    let (old, all) = (Set(ids(before)), ids(after))
    for number in 0..<count where !all.contains("r\(number)") { return "record r\(number) has no result" }
    if let twice = ids(Array(after.dropFirst(before.count))).first(where: { old.contains($0) }) {
      return "record \(twice) was sent again, although it had a result"
    }
    return nil
  }

  /// The whole lines of an output that are results.
  private static func whole(_ url: URL) throws -> [Data] {
    try lines(url).map { Data($0) }.filter { line in
      guard let json = try? JSONValue(line), json["recordId"] != nil else { return false }
      return json["modelOutput"] != nil || json["error"] != nil
    }
  }
}

public import Foundation

/// The outputs of all shards of a run, made one file.
public struct MergedShards: Sendable, Equatable {
  public private(set) var shards = 0
  public private(set) var results = 0
  /// Results that are errors.
  public private(set) var errors = 0

  /// Joins the outputs of the shards in their order.
  ///
  /// Nothing is deleted, and the output appears when it is whole. With the input, the results of each shard are compared with its records.
  /// - Parameters:
  ///   - output: the output that the runs were given, and the file to write; it must not exist.
  ///   - input: what the runs were given; nil: nothing is compared.
  /// - Throws: ``BedquotaError`` (`file`) if a shard is missing, still written, cut off or incomplete, or a file can't be read or written.
  public init(to output: URL, input: BatchInput? = nil) throws {
    let shards = try Self.shards(of: output)
    let path = try OutputPath.resolve(output)
    guard FileStatus(path: path) == nil else {
      throw Self.refusal("\(path) is there already; move it away.")
    }
    let temporary = AppendedFile.temporary(beside: path)
    var file = try AppendedFile(temporary, isNew: true)
    do {
      for shard in shards { try add(shard, of: output, input, to: &file) }
      _ = try file.placed(at: path)
    } catch {
      unlink(temporary)
      throw error is SystemFailure ? AppendedFile.unwritable(path, error) : error
    }
  }

  private mutating func add(
    _ shard: BatchShard, of output: URL, _ input: BatchInput?, to file: inout AppendedFile
  ) throws {
    let path = try OutputPath.resolve(URL(filePath: shard.output(of: output.path)))
    // Held until the shard is copied, so that no run goes on with it meanwhile.
    let journal = try JournalFile.open(BatchJournal.path(of: path), of: path)
    defer { withExtendedLifetime(journal) {} }
    let source = try AppendedFile(path, isNew: false)
    var scan = OutputScan(source, isCompressed: Gzip.isGzip(output))
    // Records may share an id, and then each has a result.
    var left: [UInt64: Int] = [:]
    while let result = try Self.reading(path, { try scan.next() }) {
      left[result.id, default: 0] += 1
      results += 1
      if result.isError { errors += 1 }
    }
    guard scan.broken == 0, !scan.isTorn, scan.isSoundPrefix else {
      throw Self.refusal("\(path) was cut off or damaged; resume the run of the shard \(shard).")
    }
    if let input { try Self.check(left, path, shard, input) }
    var bytes = source.source
    while true {
      // Each chunk is flushed to the disk.
      let chunk = try Self.reading(path) { try bytes.read(upTo: 1 << 24) }
      if chunk.isEmpty { break }
      try file.append(Data(chunk))
    }
    shards += 1
  }

  /// - Parameter results: how many there are of each id.
  private static func check(_ results: [UInt64: Int], _ path: String, _ shard: BatchShard, _ input: BatchInput) throws {
    var records = try RecordReader.Records(input.shard(shard))
    var (left, missing) = (results, 0)
    while let record = try records.next() {
      let id = RecordKey.hash(record.recordID)
      if let count = left[id], count > 0 { left[id] = count - 1 } else { missing += 1 }
    }
    guard missing == 0 else {
      let records = missing == 1 ? "1 record" : "\(missing) records"
      throw refusal("\(path) has no result for \(records) of the shard \(shard); resume its run.")
    }
    guard left.values.allSatisfy({ $0 == 0 }) else {
      throw refusal("\(path) has results of records that are not in the shard \(shard) of \(input.name).")
    }
  }

  /// The shards of an output, which must all be there.
  private static func shards(of output: URL) throws -> [BatchShard] {
    let folder = output.deletingLastPathComponent()
    let names: [String]
    do { names = try FileManager.default.contentsOfDirectory(atPath: folder.path) } catch {
      throw BedquotaError.file("\(folder.path) can't be read", error, parameters: ["outputFile"])
    }
    let found = names.compactMap { BatchShard(name: $0, of: output.lastPathComponent) }
      .sorted { ($0.count, $0.index) < ($1.count, $1.index) }
    guard let count = found.first?.count else {
      let example = BatchShard(index: 0, count: 4)?.output(of: output.lastPathComponent) ?? ""
      throw refusal("There is no output of a shard beside \(output.path), such as \(example).")
    }
    guard found.last?.count == count else {
      throw refusal(
        "The outputs beside \(output.path) are of \(count) and of \(found.last?.count ?? 0) shards; move those of the other run away."
      )
    }
    let indices = Set(found.map(\.index))
    if let missing = (0..<count).first(where: { !indices.contains($0) }) {
      let more = count - found.count - 1
      let others = more > 0 ? " and \(more) more are" : " is"
      throw refusal("The output of the shard \(missing)/\(count)\(others) missing; run it first.")
    }
    return found
  }

  /// - Throws: ``BedquotaError`` (`file`) that names the file which can't be read.
  private static func reading<Value>(_ path: String, _ work: () throws -> Value) throws -> Value {
    do { return try work() } catch let error as SystemFailure { throw BedquotaError.file("\(path) can't be read", error) }
  }

  private static func refusal(_ message: String) -> BedquotaError { BedquotaError(.file, message) }
}

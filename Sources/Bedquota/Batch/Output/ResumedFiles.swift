import Foundation

/// Finds out what earlier runs have done, and prepares their files so that a new run can go on behind them.
struct ResumedFiles {
  private let input: BatchInput
  private let path: String
  private let old: JournalFile?
  /// The id that the journal names.
  private let model: String
  /// The ids that the run invokes.
  private let models: [String]
  /// Whether results that are errors leave the output, so that their records are sent again.
  private let retriesFailed: Bool
  private let isCompressed: Bool

  init(_ input: BatchInput, _ path: String, _ old: JournalFile?, models: [String], retriesFailed: Bool) {
    (self.input, self.path, self.old, self.models, self.retriesFailed) = (input, path, old, models, retriesFailed)
    model = old?.contents.model ?? models[0]
    isCompressed = Gzip.isGzip(URL(filePath: path))
  }

  /// What the output holds.
  private struct Findings {
    var done = DoneRecords()
    /// Keys of the results that stay, in their order; without those of which only the id is known.
    var records: [RecordKey] = []
    var results = 0
    var withoutKey = 0
    var errors = 0
    var dropped = 0
  }

  func files() throws -> BatchFiles {
    let bytes = FileStatus(path: path)?.size ?? 0
    if let contents = old?.contents {
      if let found = contents.model, !models.contains(found) {
        throw mismatch("\(BatchJournal.path(of: path)) belongs to a run of another model, \(found); choose another output file.")
      }
      if let before = contents.cutBytes, let now = input.cutBytes, before != now {
        throw mismatch(
          "\(input.name) has another size than when this shard was begun, so the shards would hold other lines; restore it, or start all shards again with another output file."
        )
      }
      guard contents.isEmpty || contents.model != nil || bytes > 0 else {
        throw mismatch("\(BatchJournal.path(of: path)) is no run's progress, or is damaged; choose another output file.")
      }
      guard bytes >= contents.bytes else {
        throw mismatch(
          "\(path) is shorter than \(BatchJournal.path(of: path)) says, so replies are lost; start again with another output file."
        )
      }
    }
    guard bytes > 0 else { return try BatchFiles.empty(path, replacing: old, model: model, input) }
    guard let old else {
      throw mismatch("\(path) can't be resumed: \(BatchJournal.path(of: path)) is missing. Choose another output file.")
    }
    return try resume(old, try AppendedFile(path, isNew: false))
  }

  private func resume(_ old: JournalFile, _ file: AppendedFile) throws -> BatchFiles {
    guard try file.locks() else { throw JournalFile.busy(path, process: nil) }
    let (findings, scan) = try read(file, old.contents)
    guard findings.results > 0 || old.contents.model != nil else {
      throw mismatch("\(path) holds no results, and its progress is damaged; choose another output file.")
    }
    if scan.isTorn, scan.soundBytes == 0, old.contents.bytes > 0 {
      throw mismatch("\(path) is damaged: its gzip data can't be read. Restore it, or choose another output file.")
    }
    try checkInput(findings)
    var output = file
    // A line that a gzip member leaves open can't be cut off, and would swallow the next result.
    let mustRewrite = !scan.isSoundPrefix || findings.dropped > 0 || (isCompressed && scan.broken > 0)
    let rewritten = mustRewrite ? try rewrite(file) : nil
    do {
      // The journal first: if the process dies between the two, the output is longer than the journal says, which loses nothing.
      let bytes = rewritten?.bytes ?? (isCompressed ? file.bytes : scan.soundBytes)
      let journal = try BatchJournal(
        BatchJournal.path(of: path), replacing: old.file, model: model, cutBytes: input.cutBytes, records: findings.records,
        bytes: bytes)
      if let rewritten {
        do { output = try rewritten.moved(to: path) } catch { throw AppendedFile.unwritable(path, error) }
      } else if bytes < file.bytes {
        try output.cut(to: bytes)
      }
      return BatchFiles(
        output: output, journal: journal, isCompressed: isCompressed, done: findings.done, errors: findings.errors,
        notes: notes(findings, scan, old.contents))
    } catch {
      if let rewritten { unlink(rewritten.path) }
      throw error
    }
  }

  /// Reads the output and finds out which records its results belong to.
  private func read(_ file: AppendedFile, _ journal: JournalContents) throws -> (Findings, OutputScan) {
    var bodies = RecordBodies(journal.records)
    var findings = Findings()
    var scan = OutputScan(file, isCompressed: isCompressed)
    while let result = try next(&scan) {
      let body = bodies.take(result.id)
      guard !(retriesFailed && result.isError) else {
        findings.dropped += 1
        continue
      }
      findings.results += 1
      if result.isError { findings.errors += 1 }
      findings.done.insert(id: result.id, body: body)
      if let body { findings.records.append(RecordKey(id: result.id, body: body)) } else { findings.withoutKey += 1 }
    }
    return (findings, scan)
  }

  private func next(_ scan: inout OutputScan) throws -> OutputScan.Result? {
    do { return try scan.next() } catch {
      throw BedquotaError.file("\(path) can't be read", error, parameters: ["outputFile"])
    }
  }

  /// - Throws: ``BedquotaError`` (`file`) if a result belongs to no record of the input.
  private func checkInput(_ findings: Findings) throws {
    var left = findings.done
    var records = try RecordReader.Records(input)
    while !left.isEmpty, let record = try records.next() { left.removeAll(record.key) }
    guard !left.isEmpty else { return }
    throw BatchFiles.refusal(
      "\(left.count) of the \(findings.results) results in \(path) belong to another input: their records are not in \(input.name), or have changed there. Resume with the input as it was, or choose another output file.",
      ["input", "outputFile"])
  }

  /// Writes the results that stay into a new file beside the output.
  private func rewrite(_ file: AppendedFile) throws -> AppendedFile {
    var new = try AppendedFile(AppendedFile.temporary(beside: path), isNew: true)
    do {
      new.takePermissions(of: file)
      guard try new.locks() else { throw JournalFile.busy(path, process: nil) }
      var scan = OutputScan(file, isCompressed: isCompressed)
      var batch = Data()
      func write() throws {
        if !batch.isEmpty { try new.append(isCompressed ? Gzip.member(batch) : batch) }
        batch = Data()
      }
      while let result = try next(&scan) {
        guard !(retriesFailed && result.isError) else { continue }
        batch += result.line + [0x0A]
        if batch.count >= 4 << 20 { try write() }
      }
      try write()
      return new
    } catch {
      unlink(new.path)
      throw error is BedquotaError ? error : AppendedFile.unwritable(path, error)
    }
  }

  private func notes(_ findings: Findings, _ scan: OutputScan, _ journal: JournalContents) -> [String] {
    var notes: [String] = []
    if let line = journal.damagedLine {
      notes.append(
        "\(BatchJournal.path(of: path)) was damaged at line \(line). Nothing is lost: \(findings.results) results were found in the output, \(findings.withoutKey) of them by their recordId alone."
      )
    }
    if scan.broken > 0, !scan.isSoundPrefix {
      notes.append("\(scan.broken) lines of \(path) were no whole results; their records are sent again.")
    }
    if scan.isTorn { notes.append("The end of \(path) was torn; what could be read of it stays.") }
    return notes
  }

  private func mismatch(_ message: String) -> BedquotaError { BatchFiles.refusal(message, ["outputFile"]) }
}

/// The bodies that a journal names, by the ids of their records, in the order of the journal.
private struct RecordBodies {
  private var first: [UInt64: UInt64] = [:]
  /// Further bodies of ids that several records share, the next one last.
  private var others: [UInt64: [UInt64]] = [:]

  init(_ records: [RecordKey]) {
    for key in records.reversed() {
      if let later = first[key.id] { others[key.id, default: []].append(later) }
      first[key.id] = key.body
    }
  }

  mutating func take(_ id: UInt64) -> UInt64? {
    guard let body = first.removeValue(forKey: id) else { return nil }
    first[id] = others[id]?.popLast()
    return body
  }
}

import Foundation

/// The output and the journal of a run: checked, opened and locked.
struct BatchFiles: Sendable {
  var output: AppendedFile
  var journal: BatchJournal
  /// Whether each batch of results becomes a member of a gzip file.
  var isCompressed: Bool
  /// The records that have a result already.
  var done = DoneRecords()
  /// Results of earlier runs that are errors.
  var errors = 0
  /// Sentences about what was found damaged.
  var notes: [String] = []

  /// - Parameter models: the ids that the run invokes, one or more: a journal names the first, and a run with any of them goes on with
  ///   it.
  /// - Throws: ``BedquotaError`` (`file`) if a file can't be read or written, is in use, or doesn't belong to the run. No file is
  ///   changed then.
  static func open(_ input: BatchInput, _ url: URL, models: [String], options: BatchRun.Options) throws -> BatchFiles {
    let path = try OutputPath.resolve(url)
    let journalPath = BatchJournal.path(of: path)
    if let output = FileStatus(path: path), input.identities.contains(output.identity) {
      throw refusal("The output must be another file than the input.", ["input", "outputFile"])
    }
    if let journal = FileStatus(path: journalPath), input.identities.contains(journal.identity) {
      throw refusal(
        "The run would keep its progress in \(journalPath), which is its input; choose another output file.",
        ["input", "outputFile"])
    }
    // Another run may make its journal at the same moment; then this one finds it locked.
    while true {
      let old = try JournalFile.open(journalPath, of: path)
      do {
        return try options.resumes || options.retriesFailed
          ? ResumedFiles(input, path, old, models: models, retriesFailed: options.retriesFailed).files()
          : begin(path, replacing: old, model: models[0], input)
      } catch is BatchJournal.Taken {}
    }
  }

  private static func begin(
    _ path: String, replacing old: JournalFile?, model: String, _ input: BatchInput
  ) throws -> BatchFiles {
    // An empty output has nothing to lose; a run with a wrong id leaves one.
    let size = FileStatus(path: path)?.size
    guard size == nil || (size == 0 && old?.contents.bytes ?? 0 == 0) else {
      throw refusal("\(path) is there already; resume its run, or choose another output file.", ["resume", "outputFile"])
    }
    if let old, !old.contents.isJournal {
      throw refusal(
        "\(BatchJournal.path(of: path)) is there already and is no run's progress; choose another output file.", ["outputFile"])
    }
    return try empty(path, replacing: old, model: model, input)
  }

  /// The files of a run that has no results yet.
  static func empty(
    _ path: String, replacing old: JournalFile?, model: String, _ input: BatchInput
  ) throws -> BatchFiles {
    let journal = try BatchJournal(BatchJournal.path(of: path), replacing: old?.file, model: model, cutBytes: input.cutBytes)
    do {
      let output = try AppendedFile(path, isNew: FileStatus(path: path) == nil)
      guard try output.locks() else { throw JournalFile.busy(path, process: nil) }
      AppendedFile.syncFolder(of: path)
      return BatchFiles(output: output, journal: journal, isCompressed: Gzip.isGzip(URL(filePath: path)))
    } catch {
      if old == nil { unlink(BatchJournal.path(of: path)) }
      throw error
    }
  }

  static func refusal(_ message: String, _ parameters: [String]) -> BedquotaError {
    BedquotaError(.file, message, parameters: parameters)
  }
}

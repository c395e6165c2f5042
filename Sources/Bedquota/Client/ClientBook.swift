/// The state that a client keeps beside its limiter, under one lock.
struct ClientBook: Sendable {
  var statistics: StatisticsRecorder
  var estimator = TokenEstimator()
  var notes: [String]
  /// Whether Bedrock is asked for the number of input tokens.
  var countsTokens: Bool
  var refresh: QuotaRefresh
  var health = ServiceHealth()
  /// Whether whole replies are read as streams; false once the service has refused to stream and answered in one piece.
  var streamsWholeReplies = true
  var mantlePaths: MantlePaths
  var reservedTrust = ReservedTrust()

  init(notes: [String], countsTokens: Bool, mantlePaths: MantlePaths, at now: Duration) {
    self.mantlePaths = mantlePaths
    self.notes = notes
    self.countsTokens = countsTokens
    statistics = StatisticsRecorder(at: now)
    refresh = QuotaRefresh(at: now)
  }

  /// Adds a note, unless it is there already.
  mutating func note(_ text: String) {
    if !notes.contains(text) { notes.append(text) }
  }
}

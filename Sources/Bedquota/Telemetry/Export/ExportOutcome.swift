/// How the export of one request ended.
package enum ExportOutcome: Sendable, Equatable {
  case delivered(rejected: Int, message: String?)
  /// The collector asks for a time that is longer than this export may take.
  case later(Duration, problem: String)
  /// No attempt succeeded.
  case away(problem: String)
  /// The collector doesn't want it.
  case refused(status: Int, message: String?)
  /// The task was cancelled; nothing is known of the last attempt.
  case cancelled
}

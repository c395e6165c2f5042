/// What the runner of a probe does next.
package enum ProbeAction: Sendable, Equatable {
  /// Send the trial now.
  case send(Trial)
  /// Ask again at this instant, or as soon as an answer has been reported.
  case wait(until: Int64)
  /// Nothing more will be sent.
  case finished
}

/// The phases of a search. Each struct owns its variables, makes its decisions and names the next phase.
enum Phase: Sendable {
  /// Can go to `burst`, `hold`, `rounds`, `batches` or `factor`, depending on the options, once trials are answered.
  case opening(Opening)
  /// Can go to `plateau`, when the quota is empty.
  case burst(Burst)
  /// Can go to `rebursts`, when the rate is known but few trials fit into the bucket.
  case plateau(Plateau)
  /// Goes nowhere: ends the search.
  case rebursts(Rebursts)
  /// Goes nowhere: fills and drains the quota until it is known.
  case hold(Hold)
  /// Goes nowhere: round after round until the bounds meet.
  case rounds(Rounds)
  /// Goes nowhere: batch after batch.
  case batches(Batches)
  /// Goes nowhere: question after question.
  case factor(FactorSearch)

  /// Quota tokens of the largest trial that the phase sends.
  var reservationMax: Int {
    switch self {
    case .opening(let opening): opening.size.reservation
    case .burst(let burst): burst.size.reservation
    case .plateau(let plateau): plateau.sizes.reservationMax
    case .rebursts(let rebursts): rebursts.plateau.sizes.reservationMax
    case .hold(let hold): hold.size.reservation
    case .rounds(let rounds): rounds.size.reservation
    case .batches(let batches): batches.size.reservation
    case .factor(let factor): factor.question.size.reservation
    }
  }

  /// The analysis of the refill rate; nil in phases that don't look for one.
  var analysis: Analysis? {
    switch self {
    case .plateau(let plateau): plateau.estimate.analysis
    case .rebursts(let rebursts): rebursts.plateau.estimate.analysis
    case .hold(let hold): hold.analysis
    case .opening, .burst, .rounds, .batches, .factor: nil
    }
  }

  /// See ``ProbeFinding/measureEvidence``.
  var measureEvidence: Double? {
    switch self {
    case .plateau(let plateau): plateau.measureEvidence
    case .rebursts(let rebursts): rebursts.plateau.measureEvidence
    case .opening, .burst, .hold, .rounds, .batches, .factor: nil
    }
  }
}

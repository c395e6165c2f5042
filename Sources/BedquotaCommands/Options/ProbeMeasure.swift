import ArgumentParser
import BedrockQuotas

/// What a probe can find: the limit of a measure, or how often max_tokens count in a reservation.
enum ProbeMeasure: String, CaseIterable, ExpressibleByArgument {
  case rpm, tpm, concurrent, reservation

  var quotaMeasure: QuotaMeasure {
    switch self {
    case .rpm: .rpm
    case .tpm: .tpm
    case .concurrent: .concurrent
    // What is reserved is tokens per minute.
    case .reservation: .tpm
    }
  }
}

import ArgumentParser
import BedrockQuotas

/// The measures whose limit a probe can find.
enum ProbeMeasure: String, CaseIterable, ExpressibleByArgument {
  case rpm, tpm, concurrent

  var quotaMeasure: QuotaMeasure {
    switch self {
    case .rpm: .rpm
    case .tpm: .tpm
    case .concurrent: .concurrent
    }
  }
}

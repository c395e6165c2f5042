import Bedquota
import BedrockQuotas

/// Places in JSON; see docs/json.md.
extension JSONWriter {
  /// An array of answers, and behind them `{"account", "error", "region"}` for each place that could not be read.
  mutating func array<Answer>(_ answers: [Answer], _ failures: [PlaceFailure], _ write: (inout JSONWriter, Answer) -> Void) {
    array(answers.map { Either.answer($0) } + failures.map { .failure($0) }) { writer, element in
      switch element {
      case .answer(let answer): write(&writer, answer)
      case .failure(let failure): writer.write(failure)
      }
    }
  }

  private enum Either<Answer> {
    case answer(Answer)
    case failure(PlaceFailure)
  }

  private mutating func write(_ failure: PlaceFailure) {
    object { writer in
      writer.member("account", failure.place.account)
      writer.member("error", failure.error)
      writer.member("region", failure.place.region.isEmpty ? nil : failure.place.region)
    }
  }

  /// A row of `usage --rank`.
  mutating func write(_ row: Headroom) {
    let (report, place) = (row.report, row.report.place)
    object { writer in
      writer.member("account", place?.account)
      writer.member("endpoint", report.endpoint.rawValue)
      writer.member("fittingRequestsPerMinute", row.fittingRequestsPerMinute)
      writer.member("freeOutputTokensPerMinute", row.outputTokensPerMinute)
      writer.member("freeRequestsPerMinute", row.requestsPerMinute)
      writer.member("freeTokensPerMinute", row.tokensPerMinute)
      writer.member("id", report.id)
      writer.member("outputTpmQuota", report.peak(.outputTPM)?.quota)
      writer.member("region", place?.region)
      writer.member("rpmQuota", report.peak(.rpm)?.quota)
      writer.member("scope", report.resolution.scope.rawValue)
      writer.member("status", report.status.rawValue)
      writer.member("throttleRate", report.totals?.throttleRate)
      writer.member("tpmQuota", (report.peak(.tpm) ?? report.peak(.inputTPM))?.quota)
    }
  }
}

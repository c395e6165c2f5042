import Bedquota
package import BedrockQuotas

/// The labels of a model's series.
struct ModelKey: SeriesKey {
  var requestModel: String
  var responseModel: String

  var folded: Self { Self(requestModel: LabelSet.other, responseModel: LabelSet.other) }
}

/// The labels of a duration of requests to models.
struct DurationKey: SeriesKey {
  var model: ModelKey
  var error: String?

  var folded: Self { Self(model: model.folded, error: error) }
}

/// The labels of a count of requests.
struct RequestKey: SeriesKey {
  var caller: String
  var operation: RequestRecord.Operation
  var outcome: RequestRecord.Outcome

  var folded: Self { Self(caller: LabelSet.other, operation: operation, outcome: outcome) }
}

/// The labels of a caller's tokens.
struct CallerSeriesKey: SeriesKey {
  var caller: String

  var folded: Self { Self(caller: LabelSet.other) }
}

/// The labels of the time that requests were held.
struct WaitKey: SeriesKey {
  var code: String
  var measure: String
  /// Whether it was sent in the end.
  var isSent: Bool

  var folded: Self { Self(code: LabelSet.other, measure: measure, isSent: isSent) }
}

/// What tells a pool from all others. Two Regions or endpoints may have pools of the same id.
package struct PoolSeriesKey: SeriesKey {
  package var region: String
  package var endpoint: QuotaEndpoint
  /// As ``GatewayStatus/Pool`` has it.
  package var id: String

  package init(region: String, endpoint: QuotaEndpoint, id: String) {
    (self.region, self.endpoint, self.id) = (region, endpoint, id)
  }

  /// Of ids that nobody knows it is `other`: what a stranger made up is no name for a series.
  init(_ resolution: Resolution, region: String) {
    self.init(region: region, endpoint: resolution.endpoint, id: resolution.isKnown ? resolution.id : LabelSet.other)
  }

  package var folded: Self { Self(region: region, endpoint: endpoint, id: LabelSet.other) }
}

extension Resolution {
  /// Whether the id has quotas, or the account lists it. Only such ids are labels of metrics and values in logs.
  var isKnown: Bool { status != .unknown || isListed == true }
}

import Bedquota
import Reports

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

/// The labels of a count of requests whose name leads to several candidates.
struct RouteKey: SeriesKey {
  var name: String
  /// `ID@REGION/ACCOUNT`
  var route: String

  var folded: Self { Self(name: LabelSet.other, route: LabelSet.other) }
}

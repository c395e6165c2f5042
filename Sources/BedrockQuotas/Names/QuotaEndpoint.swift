/// Which of the two inference endpoints a quota belongs to.
public enum QuotaEndpoint: String, Sendable, Codable {
  case runtime
  case mantle
}

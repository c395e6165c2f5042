public import ArgumentParser
public import BedrockQuotas

extension QuotaEndpoint: ExpressibleByArgument {
  public init?(argument: String) { self.init(rawValue: argument.lowercased().replacing("bedrock-", with: "")) }
}

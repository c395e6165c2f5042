public import ArgumentParser
public import Bedquota

extension QuotaCheck.Statistic: ExpressibleByArgument {}

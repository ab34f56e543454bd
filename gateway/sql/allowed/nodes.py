"""The classes of syntax-tree nodes that the functions of `functions.py` parse into.

The list of names is checked on generated SQL; this one is checked on the tree, because sqlglot knows hundreds of
functions of other dialects and writes whole subqueries, even recursive ones, in the place of some of them.
"""

from sqlglot import exp

FUNCTION_NODES = frozenset(
    [
        exp.Abs, exp.Acos, exp.Acosh, exp.And, exp.Anonymous, exp.AnyValue, exp.ApproxDistinct,
        exp.ApproxQuantile, exp.ArgMax, exp.ArgMin, exp.Array, exp.ArrayAgg, exp.ArrayAppend,
        exp.ArrayConcat, exp.ArrayContainedBy, exp.ArrayContains, exp.ArrayContainsAll,
        exp.ArrayDistinct, exp.ArrayFilter, exp.ArrayMax, exp.ArrayMin, exp.ArrayOverlaps,
        exp.ArrayPosition, exp.ArrayPrepend, exp.ArraySize, exp.ArraySlice, exp.ArraySort,
        exp.ArrayToString, exp.Ascii, exp.Asin, exp.Asinh, exp.Atan, exp.Atan2, exp.Atanh, exp.Avg,
        exp.BitLength, exp.BitwiseAndAgg, exp.BitwiseOrAgg, exp.BitwiseXorAgg, exp.Case, exp.Cast,
        exp.Cbrt, exp.Ceil, exp.Chr, exp.Coalesce, exp.Collate, exp.Concat, exp.ConcatWs, exp.Contains,
        exp.Corr, exp.Cos, exp.Cosh, exp.Cot, exp.Count, exp.CountIf, exp.CovarPop, exp.CovarSamp,
        exp.CumeDist, exp.CurrentCatalog, exp.CurrentDatabase, exp.CurrentDate, exp.CurrentRole,
        exp.CurrentSchema, exp.CurrentTime, exp.CurrentTimestamp, exp.CurrentUser, exp.CurrentVersion,
        exp.Date, exp.DateAdd, exp.DateBin, exp.DateDiff, exp.DateFromParts, exp.DateTrunc, exp.Day, exp.DayOfMonth,
        exp.DayOfWeek, exp.DayOfWeekIso, exp.DayOfYear, exp.Dayname, exp.Decode, exp.Degrees,
        exp.DenseRank, exp.Encode, exp.EndsWith, exp.Exists, exp.Exp, exp.Explode, exp.Extract,
        exp.Factorial, exp.First, exp.FirstValue, exp.Flatten, exp.Floor, exp.FromBase64, exp.FromJson,
        exp.GenerateSeries, exp.Greatest, exp.GroupConcat, exp.Grouping, exp.GroupingId, exp.Hex,
        exp.Hour, exp.If, exp.IsInf, exp.IsNan, exp.JSONArray, exp.JSONExtract, exp.JSONExtractScalar,
        exp.JSONKeys, exp.JSONObject, exp.JSONType, exp.JarowinklerSimilarity, exp.Kurtosis, exp.Lag,
        exp.Last, exp.LastDay, exp.LastValue, exp.Lead, exp.Least, exp.Left, exp.Length, exp.Levenshtein,
        exp.Ln, exp.Localtime, exp.Localtimestamp, exp.Log, exp.LogicalAnd, exp.LogicalOr, exp.Lower,
        exp.MD5, exp.Map, exp.MapFromEntries, exp.MapKeys, exp.Max, exp.Median, exp.Min, exp.Minute,
        exp.Mode, exp.Month, exp.Monthname, exp.NthValue, exp.Ntile, exp.Nullif, exp.Or, exp.ParseJSON,
        exp.PercentRank, exp.PercentileCont, exp.PercentileDisc, exp.Pi, exp.Pow, exp.Quantile,
        exp.Quarter, exp.Radians, exp.Rank, exp.RegexpExtract, exp.RegexpExtractAll, exp.RegexpFullMatch,
        exp.RegexpILike, exp.RegexpLike, exp.RegexpReplace, exp.RegrAvgx, exp.RegrAvgy, exp.RegrCount,
        exp.RegrIntercept, exp.RegrR2, exp.RegrSlope, exp.RegrSxx, exp.RegrSxy, exp.RegrSyy, exp.Replace,
        exp.Reverse, exp.Right, exp.Round, exp.RowNumber, exp.SHA, exp.SHA2, exp.Second, exp.SessionUser,
        exp.Sign, exp.Sin, exp.Sinh, exp.Skewness, exp.Split, exp.SplitPart, exp.Sqrt, exp.StartsWith,
        exp.Stddev, exp.StddevPop, exp.StddevSamp, exp.StrPosition, exp.StrToTime, exp.Struct,
        exp.StructExtract, exp.Substring, exp.Sum, exp.Tan, exp.Tanh, exp.Time, exp.TimeFromParts,
        exp.TimeToStr, exp.TimeToUnix, exp.Timestamp, exp.TimestampFromParts, exp.TimestampTrunc,
        exp.ToBase64, exp.ToBinary, exp.ToDays, exp.ToMap, exp.Transform, exp.Translate, exp.Trim,
        exp.Trunc, exp.TryCast, exp.Typeof, exp.Unhex, exp.Unicode, exp.UnixToTime, exp.Upper,
        exp.Variance, exp.VariancePop, exp.Week, exp.WeekOfYear, exp.Year,
        exp.Pad, exp.Repeat, exp.RegexpSplit, exp.JSONSet, exp.JSONRemove, exp.JSONStripNulls, exp.Overlay,
        exp.ArrayReverse, exp.ArrayIntersect, exp.Getbit,
    ]
)  # fmt: skip

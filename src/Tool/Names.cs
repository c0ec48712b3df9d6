namespace Blockwright.Tool;

/// <summary>The names of arguments and options, as both sides know them.</summary>
internal static class Names
{
    public const string Network = "network";
    public const string After = "after";
    public const string Batch = "--batch";
    public const string Height = "--height";
    public const string Width = "--width";
    public const string Json = "--json";
    public const string Markdown = "--markdown";
    public const string Depth = "--depth";
    public const string AllColumns = "--all-columns";
    public const string Threads = "--threads";
    public const string Iterations = "--iterations";
    public const string Module = "--module";
    public const string By = "--by";
    public const string Rows = "--rows";
    public const string Trace = "--trace";
    public const string Weights = "--weights";
    public const string AfterWeights = "--after-weights";
    public const string Labelled = "--labelled";
    public const string Output = "--output";
    public const string Opset = "--opset";
    public const string Unfolded = "--unfolded";
    public const string OpenSize = "--open-size";
    public const string Expected = "--expected";
    public const string Compare = "--compare";
    public const string Diagnostics = "--diagnostics";
    public const string Time = "--time";
    public const string Tolerance = "--tolerance";
}

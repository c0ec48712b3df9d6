using System.Globalization;
using Microsoft.CodeAnalysis.Diagnostics;
using static System.FormattableString;

namespace Blockwright.Analyzers.Configuration;

/// <summary>One key of an .editorconfig: its name, its default, and which values it takes.</summary>
public abstract class Option(string key, string expected)
{
    /// <summary>The key as it is written: <c>BW2001.maximum_groups_deep</c>.</summary>
    public string Key { get; } = key;

    /// <summary>Which values the key takes, in words.</summary>
    public string Expected { get; } = expected;

    /// <summary>Whether <paramref name="text"/> is a value of this key.</summary>
    public abstract bool Accepts(string text);
}

/// <summary>A key whose value is of type <typeparamref name="T"/>.</summary>
public sealed class Option<T>(string key, T fallback, string expected, Func<string, (bool Valid, T Value)> parse) : Option(key, expected)
{
    /// <summary>What holds when the key is absent or its value is bad.</summary>
    public T Default { get; } = fallback;

    /// <inheritdoc/>
    public override bool Accepts(string text) => parse(text).Valid;

    /// <summary>The value in <paramref name="options"/>, or the default.</summary>
    public T Read(AnalyzerConfigOptions options) =>
        options.TryGetValue(Key, out var text) && parse(text) is { Valid: true, Value: var value } ? value : Default;
}

internal static class Parse
{
    public static Option<int> Count(string key, int fallback, int minimum = 1) => new(
        key,
        fallback,
        Invariant($"a whole number from {minimum} on"),
        text => (int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= minimum, value));

    public static Option<double> Ratio(string key, double fallback) => new(
        key,
        fallback,
        "a number above 1",
        text => (double.TryParse(text.Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value > 1, value));

    public static Option<FixScope> Scope(string key, FixScope fallback) => new(
        key,
        fallback,
        "keeping or reshaping",
        text => text.Trim().ToLowerInvariant() switch
        {
            "keeping" => (true, FixScope.Keeping),
            "reshaping" => (true, FixScope.Reshaping),
            _ => (false, fallback),
        });

    public static Option<string> File(string key) => new(
        key,
        "",
        "the name of one of the project's AdditionalFiles, a table that benchmarks -- guidelines wrote",
        static text => (true, text.Trim()));

    public static Option<Target> Target(string key, Target fallback) => new(
        key,
        fallback,
        "gpu, arm, cpu or npu",
        text => text.Trim().ToLowerInvariant() switch
        {
            "gpu" => (true, Configuration.Target.Gpu),
            "arm" => (true, Configuration.Target.Arm),
            "cpu" => (true, Configuration.Target.Cpu),
            "npu" => (true, Configuration.Target.Npu),
            _ => (false, fallback),
        });

    public static Option<Callers> Callers(string key, Callers fallback) => new(
        key,
        fallback,
        "followed or ignored",
        text => text.Trim().ToLowerInvariant() switch
        {
            "followed" => (true, Configuration.Callers.Followed),
            "ignored" => (true, Configuration.Callers.Ignored),
            _ => (false, fallback),
        });
}

using System.Diagnostics;
using Microsoft.CodeAnalysis;

namespace Blockwright.Graph;

/// <summary>
/// BW0099: a mistake of our own. The generator reports what kept it from writing a class, which is an error; the analyzer what kept it from judging a network that
/// can be built all the same, which is a warning. Each reports its own alone, so that nothing is said twice.
/// </summary>
public static class InternalError
{
    public static readonly DiagnosticDescriptor Descriptor = new(
        ProblemIds.Internal,
        "Internal error",
        "Blockwright failed to {0} '{1}', which is a mistake of its own: {2}; docs/rules/BW0099.md says what to report",
        "Blockwright.Declaration",
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: RulePages.Of(ProblemIds.Internal));

    /// <summary>What was thrown, and which member of ours it came from: <c>KeyNotFoundException: no row, at Blockwright.Generator.Plan.Cpu.Rows.Of</c>.</summary>
    public static string Describe(Exception thrown)
    {
        var cause = thrown.GetBaseException();
        var place = PlaceOf(cause);
        return $"{cause.GetType().Name}: {string.Join(" ", cause.Message.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries))}{(place is null ? "" : $", at {place}")}";
    }

    private static string? PlaceOf(Exception thrown)
    {
        foreach (var frame in new StackTrace(thrown).GetFrames() ?? [])
        {
            if (frame?.GetMethod() is { DeclaringType.FullName: { } type } method && type.StartsWith("Blockwright.", StringComparison.Ordinal))
                return $"{type}.{method.Name}";
        }
        return null;
    }
}

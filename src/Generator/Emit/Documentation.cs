using System.Globalization;
using Blockwright.Generator.Plan;
using Blockwright.Graph;

namespace Blockwright.Generator.Emit;

/// <summary>
/// What an editor shows over a declared class's name. The compiler joins the comments of all parts of a class: beside a summary of the user's own it is a remark, since a second summary would be one too many.
/// </summary>
internal static class Documentation
{
    /// <summary>The longest formula that anybody reads in passing.</summary>
    private const int MostCharacters = 80;

    public static IEnumerable<string> Of(NetworkPlan plan)
    {
        var element = plan.Graph.Declaration.Form.HasSummary ? "remarks" : "summary";
        yield return $"/// <{element}>{Escaped($"{plan.Graph.InputText} to {plan.Graph.ResultText}{Cost(plan)}")}{Table(plan)}.</{element}>";
    }

    public static string Escaped(string text) => text.Replace("&", "&amp;").Replace("<", "&lt;");

    /// <summary>What a network's parameters are where figures are given of it; empty where it has none.</summary>
    public static string Defaults(Declaration declaration) => declaration.Kind == DeclarationKind.Network && declaration.Parameters.Count > 0
        ? $" at {string.Join(" and ", declaration.Parameters.Select(static parameter => FormattableString.Invariant($"{parameter.Name} = {parameter.Default}")))}"
        : "";

    /// <summary>What an editor shows of the constructor's parameters.</summary>
    public static IEnumerable<string> OfParameters(NetworkPlan plan)
    {
        var declaration = plan.Graph.Declaration;
        foreach (var parameter in declaration.Kind == DeclarationKind.Network ? declaration.Parameters : EquatableArray<Parameter>.Empty)
        {
            var reach = plan.Open.Names.Contains(parameter.Name) ? "It says the channels of last layers alone, and snapshots run on Blockwright's kernels whatever it is"
                : FormattableString.Invariant($"The build plans the network for {Listed(parameter)}; snapshots of another run on torch's operations");
            yield return $"/// <param name=\"{parameter.Name}\">As [Parameter] declares it. {reach}.</param>";
        }
    }

    private static string Listed(Parameter parameter)
    {
        var numbers = parameter.Others.Prepend(parameter.Default!.Value).Distinct().Select(static number => number.ToString(CultureInfo.InvariantCulture)).ToList();
        return numbers.Count == 1 ? numbers[0] : $"{string.Join(", ", numbers.Take(numbers.Count - 1))} and {numbers[numbers.Count - 1]}";
    }

    private static string Cost(NetworkPlan plan)
    {
        if (plan.Nodes?.Total is { } total)
        {
            return string.Format(
                CultureInfo.InvariantCulture, ": {0:N0} parameters, {1:N0} multiply-adds and {2:N2} MB of memory access for one image{3}{4}", total.Parameters, total.MultiplyAdds, total.Bytes / 1e6,
                Defaults(plan.Graph.Declaration), plan.Nodes.Nodes.Any(static node => node.IsUncounted) ? ", modules written by hand not counted" : "");
        }
        return plan.Graph.Declaration.Kind == DeclarationKind.Block && Parameters(plan.Graph) is { Length: <= MostCharacters } formula ? $": {formula} parameters" : "";
    }

    private static string? Parameters(BlockGraph graph)
    {
        try
        {
            return graph.Parameters.Text;
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    private static string Table(NetworkPlan plan) => plan.Nodes?.Total is not null && ModuleWriter.HasCost(plan.Graph.Declaration) ? " (the table: <c>Cost</c>)" : "";
}

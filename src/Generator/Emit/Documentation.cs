using System.Globalization;
using Blockwright.Generator.Plan;

namespace Blockwright.Generator.Emit;

/// <summary>
/// What an editor shows over a network's name beside the user's own words. The compiler joins the comments of all parts of a class: a summary here would be a second one, so it is a remark.
/// </summary>
internal static class Documentation
{
    public static IEnumerable<string> Of(NetworkPlan plan)
    {
        if (plan.Nodes is not { } nodes || nodes.Total is not { } total)
            yield break;
        yield return string.Format(
            CultureInfo.InvariantCulture,
            "/// <remarks>{0} to {1}: {2:N0} parameters, {3:N0} multiply-adds and {4:N2} MB of memory access for one image{5}.</remarks>",
            plan.Graph.Input, plan.Graph.ResultText, total.Parameters, total.MultiplyAdds, total.Bytes / 1e6, ModuleWriter.HasCost(plan.Graph.Declaration) ? " (the table: <c>Cost</c>)" : "");
    }
}

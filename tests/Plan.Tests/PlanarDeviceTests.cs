using System.Globalization;
using System.Text;
using Blockwright.Generator.Plan.Rows;
using Blockwright.Graph;

namespace Blockwright.Plan.Tests;

/// <summary>
/// A second device in small: a table for memory in planes, where each row lies by itself and any order will do. It takes what it needs from the rows alone, and so shows that
/// nothing in them is the CPU's.
/// </summary>
public class PlanarDeviceTests
{
    [Fact]
    public void ATableOfPlanesIsMadeFromRowsAlone()
    {
        var plan = Plans.Rows("""
            [Network, Input(3, 8, 8), Path("stem"), Conv2d(8, 3, Stride = 2), BatchNorm2d, ReLU]
            [Split("keep", "work"), From("work", Name = "w"), Conv1x1, SiLU, Concat("keep", "work"), ChannelShuffle(2), GlobalAvgPool2d, Linear(2, Name = "fc")]
            public partial class Net;
            """);

        Assert.Equal(
            """
            p3..11 = Convolution 0 1 2 at 4 x 4 with stem.0 8x3x3x3, norm stem.1, then ReLU
            p11..15 = Convolution 7 8 9 10 at 4 x 4 with w.0 4x4x1x1, then SiLU
            p15..23 = GlobalPool 3 11 4 12 5 13 6 14 at 1 x 1
            p0..2 = Convolution 15 16 17 18 19 20 21 22 at 1 x 1 with fc 2x8
            result 0 1
            """.ReplaceLineEndings("\n"),
            PlanarTable(plan));
    }

    /// <summary>Planes are numbers; a tensor takes the first free ones that lie together.</summary>
    private static string PlanarTable(RowsPlan plan)
    {
        var last = plan.LastReaders();
        var first = new int[plan.Tensors.Count];
        var taken = new List<(int First, int End, int FreeFrom)> { (0, plan.Tensors[0].Channels, last[0]) };
        var text = new StringBuilder();
        for (var i = 0; i < plan.Operations.Count; i++)
        {
            var operation = plan.Operations[i];
            var count = plan.Tensors[operation.Result].Channels;
            taken.RemoveAll(each => each.FreeFrom < i);
            var at = taken.Select(static each => each.End).Prepend(0).Order().First(start => taken.TrueForAll(each => start + count <= each.First || start >= each.End));
            taken.Add((at, at + count, last[operation.Result]));
            first[operation.Result] = at;
            var grid = plan.Grids[plan.Tensors[operation.Result].Grid];
            text.Append(CultureInfo.InvariantCulture, $"p{at}..{at + count} = {operation.Kernel.Kind} {Planes(operation.Operands.SelectMany(static operand => operand))} at {grid.Height} x {grid.Width}");
            if (operation.Weights is { } weights)
                text.Append(CultureInfo.InvariantCulture, $" with {weights.Key} {string.Join("x", weights.Shape)}{(weights.NormKey.Length > 0 ? $", norm {weights.NormKey}" : "")}");
            text.Append(Epilogue(operation.Epilogue)).Append('\n');
        }
        return text.Append("result ").Append(Planes(plan.Results[0].Rows)).ToString();

        string Planes(IEnumerable<Row> rows) => string.Join(" ", rows.Select(row => (first[row.Tensor] + row.Channel).ToString(CultureInfo.InvariantCulture)));
    }

    private static string Epilogue(IEnumerable<EpilogueStep> steps) => string.Concat(steps.Select(static step => step.IsAdd ? ", plus" : $", then {step.Function!.Name}"));
}

using System.Globalization;
using Blockwright.Generator.Emit.Gpu;
using Blockwright.Generator.Plan;
using Blockwright.Graph;
using Blockwright.Kernels;
using Blockwright.Plans;
using static System.FormattableString;

namespace Blockwright.Generator.Emit;

/// <summary>Writes a network's plans: a table for each device that has one, which the runtime reads and people can.</summary>
internal static class PlansWriter
{
    /// <param name="islands">The class of what torch computes between kernels; null where there is none.</param>
    public static void Write(CodeWriter writer, NetworkPlan plan, string network, string? islands)
    {
        const string Type = Emitted.Runtime + "NetworkPlans";
        var input = plan.Graph.Input;
        var declaration = plan.Graph.Declaration;
        writer.Line($"private static {Type}? _value;");
        writer.Line();
        writer.Line($"public static {Type} Value => {Type}.In(ref _value, Now);");
        writer.Line();
        if (declaration.Parameters.Count > 0)
        {
            writer.Line($"public static {Type} Of({Signature.Parameters(declaration)}) => {OfGiven(plan)};");
            writer.Line();
        }
        var head = $"private static {Type} Now => new({ModuleWriter.Literal(network)}, {input.Channels}, {input.Height}, {input.Width}";
        var tables = Tables(plan, writer.Cancellation).ToList();
        var settings = (islands is null ? [] : new[] { $"Islands = static source => new {islands}(source)" }).Concat(Settings(plan)).ToList();
        var end = settings.Count == 0 ? ");" : $") {{ {string.Join(", ", settings)} }};";
        if (plan.Cpu is { } cpu)
        {
            var (shared, alone) = Floats(cpu);
            writer.Line("// What the CPU does: no split, concatenation or shuffle is left; each tensor's channels lie in the order that its readers want.");
            writer.Line("// b3: 58xg1 +1 s2 is buffer 3: 58 channels of grid 1's height and width within a halo of 1, in piece of memory 2; b3[0..24] are its first 24 channels.");
            writer.Line("// 3x3/2x2+1x1 is a window of 3 x 3, stride 2, padding 1. in, out: which channel of the layer each is that is read or written, where the order is another.");
            writer.Line("// = stage2 g3 b4[0..58] b6[0..58] says where a value lies that Features gives.");
            if (islands is not null)
                writer.Line($"// An Island is what torch computes between kernels (BW4006), by {islands}; the rest of its line says which layers.");
            writer.Line(Invariant($"// {cpu.Buffers.Length} buffers in {cpu.Slots} pieces of memory: {Megabytes(shared)} an image instead of {Megabytes(alone)}."));
            writer.Line(head + ", \"\"\"");
            WriteTable(writer, CpuTable.Write(cpu, writer.Cancellation), tables.Count == 0 ? end : ",");
        }
        else
        {
            writer.Line($"{head}, {ModuleWriter.Literal($"{CpuTable.None} {CpuTable.LayersText(plan.Islands!.All.Select(static island => island.Placed).ToList())}")}{(tables.Count == 0 ? end : ",")} // BW4006: snapshots run on torch's operations");
        }
        for (var i = 0; i < tables.Count; i++)
        {
            foreach (var comment in tables[i].Comments)
                writer.Line("    // " + comment);
            writer.Line("    \"\"\"");
            WriteTable(writer, tables[i].Text, i == tables.Count - 1 ? end : ",");
        }
    }

    /// <summary>The class of a network's plans at other numbers of its parameters.</summary>
    public static string Other(int number) => Invariant($"At{number + 1}");

    /// <summary>The plans for the numbers that a network's constructor is given: those that were made for them, or that serve some whatever they are.</summary>
    private static string OfGiven(NetworkPlan plan)
    {
        var parameters = plan.Graph.Declaration.Parameters;
        var given = string.Join(", ", plan.Graph.Declaration.ConstructorParameters);
        var others = plan.Others.Select((other, i) =>
        {
            var conditions = parameters.Zip(other.Numbers, static (parameter, number) => (parameter, number)).Where(each => !other.Open.Names.Contains(each.parameter.Name)).Select(static each => Invariant($"{each.parameter.Code} == {each.number}"));
            return $"{string.Join(" && ", conditions)} ? {Other(i)}.Of({given}) : ";
        });
        return $"{string.Concat(others)}Value.For(new int[] {{ {given} }}{string.Concat(plan.Open.Layers.Select(static layer => $", ({ModuleWriter.Literal(layer.Key)}, {layer.Channels.Code})"))})";
    }

    /// <summary>What the plans say of a network's parameters.</summary>
    private static IEnumerable<string> Settings(NetworkPlan plan)
    {
        var parameters = plan.Graph.Declaration.Parameters;
        if (parameters.Count == 0)
            yield break;
        const string Type = Emitted.Runtime + "NetworkParameter";
        yield return $"Parameters = new {Type}[] {{ {string.Join(", ", parameters.Select((parameter, i) => Invariant($"new({ModuleWriter.Literal(parameter.Name)}, {plan.Numbers[i]}, {Emitted.Bool(plan.Open.Names.Contains(parameter.Name))})")))} }}";
        yield return $"Given = static numbers => Of({string.Join(", ", parameters.Select(static (_, i) => Invariant($"numbers[{i}]")))})";
    }

    /// <summary>Those beside the CPU's, each with what people need to read it.</summary>
    private static IEnumerable<(string[] Comments, string Text)> Tables(NetworkPlan plan, CancellationToken cancellation)
    {
        if (plan.Nodes is { } nodes)
        {
            yield return ([
                "What the network is made of. @2 = stage2.1 BasicUnit in 0 begins block 2; conv1.0 Conv2d 3x3/2x2+1x1 < 0 : 24xg1 p648 m648 s1 is a layer of it, that reads node 0: 24 channels of grid 1,",
                "648 parameters, 648 multiply-adds for each pixel, computed by step 1 of the CPU's plan, counted from 0. Without a step nothing is moved; v is a view in torch.",
            ], NodeTable.Write(nodes, cancellation));
        }
        if (plan is { Nodes: not null, Onnx: { } onnx })
            yield return (["How ONNX writes it, and which of those nodes each line is. in0 is what a node reads, .weight its own in the state dict, %0 what the line's first operator gives."], OnnxTable.Write(onnx, cancellation));
        if (plan.Graph.Inputs.Length > 1)
            yield return (["What comes in: name, channels, height and width."], InputsTable.Write(plan.Graph.Inputs.Select(static input => new PlanInput(input.Given, (int)input.Shape.Channels.Constant!, (int)input.Shape.Height.Size!, (int)input.Shape.Width.Size!))));
        if (plan.Names.Length > 0)
            yield return (["The values that Features gives. Behind ~ there in training alone."], NamesTable.Write(plan.Names));
        if (plan.Gpu is { } gpu)
        {
            yield return ([
                "What a GPU does. b2 = 116 planes of g3 in s0 is a buffer: the tensors of that height and width have planes of it, one for each channel. w 128 = ... is where folded weights lie, and in which order.",
                "k3 g4/64*2 b0 b2 w 128 n ... is a launch of kernel 3: a group of threads for each 64 pixels of all images' maps of grid 4, times 2; then what it is given. From batch 8 on others are launched.",
                "The kernels follow, in a dialect of C that a few macros of the runtime's make OpenCL C or CUDA C++: channels, windows and epilogues are constants in them; batch, sizes and where channels lie are given.",
            ], GpuTable.Write(GpuProgramWriter.Write(gpu, cancellation), cancellation));
        }
    }

    private static void WriteTable(CodeWriter writer, string table, string end)
    {
        foreach (var line in table.Split('\n'))
            writer.Line("    " + line);
        writer.Line($"    \"\"\"{end}");
    }

    /// <summary>The memory that one image takes at the declared input, in floats, and what it would be without sharing.</summary>
    private static (long Shared, long Alone) Floats(CpuPlan plan)
    {
        return (plan.Buffers.GroupBy(static buffer => buffer.Slot).Sum(slot => slot.Max(Of)), plan.Buffers.Sum(Of));

        long Of(PlanBuffer buffer)
        {
            var grid = plan.Grids[buffer.Grid];
            return CacheLine.ImageFloats(buffer.Channels, grid.Height, grid.Width, buffer.Halo);
        }
    }

    private static string Megabytes(long floats) => (floats * sizeof(float) / 1e6).ToString("0.0", CultureInfo.InvariantCulture) + " MB";
}

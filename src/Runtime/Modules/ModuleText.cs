using System.Globalization;
using System.Text;
using TorchSharp.Modules;
using static System.FormattableString;
using static TorchSharp.torch.nn;

namespace Blockwright;

/// <summary>A module's layers as torch prints them: what is registered, by its keys. What has no weights is no module here, and not among them.</summary>
internal static class ModuleText
{
    private const int Step = 2;

    public static string Of(Module module)
    {
        var text = new StringBuilder();
        Write(text, module, 0);
        return text.ToString();
    }

    private static void Write(StringBuilder text, Module module, int indent)
    {
        text.Append(Head(module));
        var children = module.named_children().ToList();
        if (children.Count == 0)
            return;
        text.Append("(\n");
        foreach (var (key, child) in children)
        {
            text.Append(' ', indent + Step).Append('(').Append(key).Append("): ");
            Write(text, child, indent + Step);
            text.Append('\n');
        }
        text.Append(' ', indent).Append(')');
    }

    private static string Head(Module module) => module switch
    {
        Convolution layer => Invariant($"{layer.GetType().Name}({layer.in_channels}, {layer.out_channels}, kernel_size={Tuple(layer.kernel_size)}, stride={Tuple(layer.stride)}")
            + Unless(layer.padding, 0, "padding") + Unless(layer.dilation, 1, "dilation") + (layer.groups == 1 ? "" : Invariant($", groups={layer.groups}")) + (layer.bias is null ? ", bias=False)" : ")"),
        BatchNorm layer => Invariant($"{layer.GetType().Name}({layer.num_features}, eps={Real(layer.eps)}, momentum={(layer.momentum is { } momentum ? Real(momentum) : "None")}, affine={layer.affine}, track_running_stats={layer.track_running_stats})"),
        Linear layer => Invariant($"Linear(in_features={layer.in_features}, out_features={layer.out_features}, bias={layer.bias is not null})"),
        IBlock => module.GetName(),
        LayerGroup => "",
        _ => $"{module.GetType().Name}{(module.children().Any() ? "" : "()")}",
    };

    private static string Unless(long[]? numbers, long usual, string name) => numbers is null || numbers.All(number => number == usual) ? "" : $", {name}={Tuple(numbers)}";

    private static string Tuple(long[] numbers) => $"({string.Join(", ", numbers.Select(static number => number.ToString(CultureInfo.InvariantCulture)))})";

    private static string Real(double number) => number.ToString("R", CultureInfo.InvariantCulture).Replace('E', 'e');
}

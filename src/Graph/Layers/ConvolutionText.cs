namespace Blockwright.Graph;

/// <summary>What torch's convolutions, the transposed one too, are made by and called: their numbers in code and in words.</summary>
internal static class ConvolutionText
{
    /// <summary>The call in torch.nn that makes one; what is torch's usual is left out.</summary>
    /// <param name="method">Its name there.</param>
    /// <param name="outputPadding">A transposed one's.</param>
    public static string Factory(string method, Amount channels, Amount outChannels, Pair size, Pair stride, Pair padding, Pair outputPadding, Pair dilation, Amount groups, bool hasBias)
    {
        return $"{method}({channels.Code}, {outChannels.Code}, {Tuple(size)}{Unless("stride", stride, Pair.One)}{Unless("padding", padding, Pair.Zero)}{Unless("output_padding", outputPadding, Pair.Zero)}"
            + $"{Unless("dilation", dilation, Pair.One)}{(groups.Equals(Amount.One) ? "" : $", groups: {groups.Code}")}, bias: {Emitted.Bool(hasBias)})";

        static string Unless(string name, Pair pair, Pair usual) => pair.Equals(usual) ? "" : $", {name}: {Tuple(pair)}";

        static string Tuple(Pair pair) => $"({pair.Height.Code}, {pair.Width.Code})";
    }

    /// <summary>How a person reads one: <c>Conv2d 3 -> 24, 3 x 3, stride 2</c>.</summary>
    /// <param name="size">Null where it goes without saying.</param>
    /// <param name="groups">Null where they go without saying.</param>
    public static string Describe(string kind, Amount channels, Amount outChannels, Pair? size, Pair stride, Pair dilation, Amount? groups, bool hasBias)
    {
        return $"{kind} {channels} -> {outChannels}{(size is null ? "" : $", {size}")}{Unless("stride", stride)}{Unless("dilation", dilation)}"
            + $"{(groups is null || groups.Equals(Amount.One) ? "" : $", {groups} groups")}{(hasBias ? ", bias" : "")}";

        static string Unless(string name, Pair pair) => pair.Equals(Pair.One) ? "" : $", {name} {(pair.IsSquare ? pair.Height.ToString() : pair.ToString())}";
    }
}

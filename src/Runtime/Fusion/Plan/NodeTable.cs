using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using static Blockwright.Plans.PlanWords;
using static System.FormattableString;

namespace Blockwright.Plans;

/// <summary>
/// A <see cref="NodePlan"/> as a text that people read as well. A line is a grid, a rule on sizes (both as in <see cref="CpuTable"/>), a block that begins or goes on (<c>@2 = stage2.1 BasicUnit in 0</c>, <c>@0</c>), or a
/// node of that block: <c>conv1.0 Conv2d 3x3/2x2+1x1 &lt; 0 : 24xg1 p648 m648 s1</c>. Nodes are numbered as they come; a dot stands for no key; what it reads is left out where that is the node before it. Of p, the learned
/// parameters, m, the multiply-adds for each pixel of the result (i: of what it reads), and s, the CPU's step that computes it, those are left out that are 0 or are not; v is a view; sized takes the height and width of the second node that it reads, and nothing else of it;
/// uncounted is a module of the user's own, of which neither parameters nor multiply-adds are known.
/// </summary>
internal static class NodeTable
{
    /// <summary>What the first line begins with. A runtime of another version refuses it.</summary>
    public const string Header = "nodes 2";

    // No key is one: dots stand between a key's parts.
    private const string NoKey = ".";
    private const string Reads = "<";
    private const string Gives = ":";
    private const string Flat = "flat";
    private const string View = "v";
    private const string Sized = "sized";
    private const string Uncounted = "uncounted";
    private const char NameEnd = '=';

    public static string Write(NodePlan plan, CancellationToken cancellation = default)
    {
        var text = new StringBuilder();
        Line($"{Header} -> {string.Join(" ", plan.Results.Select(static result => result.Name.Length == 0 ? Text(result.Node) : result.Name + NameEnd + Text(result.Node)))}");
        for (var i = 0; i < plan.Grids.Length; i++)
            Line(GridLine(i, plan.Grids[i]));
        foreach (var rule in plan.SizeRules)
            Line(RuleLine(plan.Grids, rule));
        var (block, known) = (0, 1);
        for (var i = 0; i < plan.Nodes.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var node = plan.Nodes[i];
            // A block that only holds others stands before them.
            for (; known <= node.Block; block = known++)
                Line(Invariant($"@{known} = {Word(plan.Blocks[known].Path)} {plan.Blocks[known].Type} in {plan.Blocks[known].Outer}"));
            if (node.Block != block)
                Line(Invariant($"@{node.Block}"));
            block = node.Block;
            Line(NodeLine(i, node));
        }
        return text.ToString().TrimEnd('\n');

        void Line(string line) => text.Append(line).Append('\n');
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <param name="network">The network's name, which is its own block's type.</param>
    /// <param name="text">The table.</param>
    /// <exception cref="FormatException">It is of another version, or damaged.</exception>
    public static NodePlan Read(string network, string text)
    {
        var lines = text.Replace("\r", "").Split('\n');
        if (!lines[0].StartsWith(Header + " ", StringComparison.Ordinal))
            throw new FormatException($"The table of nodes begins with '{lines[0]}'; this version of Blockwright reads '{Header}'. Build the project again with the package that it runs with.");
        try
        {
            return new Reader(network).Read(lines);
        }
        catch (Exception e) when (e is IndexOutOfRangeException or ArgumentException or OverflowException)
        {
            throw new FormatException("The table of nodes in the emitted class is damaged. Build the project again.", e);
        }
    }

    private static string NodeLine(int index, PlanNode node)
    {
        var words = new List<string> { Word(node.Key), node.Kind };
        words.AddRange(node.Words);
        if (node.Inputs.Length != 1 || node.Inputs[0] != index - 1)
            words.AddRange(node.Inputs.Select(Text).Prepend(Reads));
        words.Add(Gives);
        words.Add(Invariant($"{node.Channels}xg{node.Grid}"));
        if (node.IsFlat)
            words.Add(Flat);
        if (!node.Dimensions.IsEmpty)
            words.Add(DimensionsText(node.Dimensions));
        if (node.IsView)
            words.Add(View);
        if (node.HasSizeOfSecond)
            words.Add(Sized);
        if (node.IsUncounted)
            words.Add(Uncounted);
        if (node.Parameters != 0)
            words.Add("p" + node.Parameters.ToString(CultureInfo.InvariantCulture));
        if (node.PerPixel != 0)
            words.Add((node.CountsPixelsThatComeIn ? "i" : "m") + node.PerPixel.ToString(CultureInfo.InvariantCulture));
        if (node.Step != PlanNode.NoStep)
            words.Add("s" + Text(node.Step));
        return string.Join(" ", words);
    }

    private static string Word(string key) => key.Length == 0 ? NoKey : key;

    private static string Key(string word) => word == NoKey ? "" : word;

    /// <summary>One text in the reading.</summary>
    private sealed class Reader(string network)
    {
        private readonly ImmutableArray<PlanGrid>.Builder _grids = ImmutableArray.CreateBuilder<PlanGrid>();
        private readonly ImmutableArray<SizeRule>.Builder _rules = ImmutableArray.CreateBuilder<SizeRule>();
        private readonly List<NodeBlock> _blocks = [new("", network, -1)];
        private readonly ImmutableArray<PlanNode>.Builder _nodes = ImmutableArray.CreateBuilder<PlanNode>();
        private int _block;

        public NodePlan Read(string[] lines)
        {
            foreach (var line in lines.Skip(1))
                ReadLine(line, line.Split(' '));
            var results = lines[0].Split(' ').Skip(3).Select(ReadResult).ToImmutableArray();
            if (results.IsEmpty || results.Any(result => result.Node < 0 || result.Node >= _nodes.Count))
                throw new FormatException("The table of nodes in the emitted class is damaged: its result is no node.");
            return new(_grids.ToImmutable(), _rules.ToImmutable(), _blocks.ToImmutableArray(), _nodes.ToImmutable(), results);
        }

        private static NodeResult ReadResult(string word)
        {
            var end = word.IndexOf(NameEnd);
            return new(end < 0 ? "" : word.Substring(0, end), Int(word.Substring(end + 1)));
        }

        private void ReadLine(string line, string[] words)
        {
            if (words[0].Length == 0)
                throw new FormatException("The table of nodes in the emitted class is damaged: a line is empty.");
            // A node's key may begin with any of these signs; of a grid and a block the second word is an equals sign, and a block that goes on is a word alone.
            if (words[0][0] == 'g' && words[1] == "=")
                _grids.Add(ReadGrid(line));
            else if (words[0] == "?")
                _rules.Add(ReadRule(line));
            else if (words[0][0] == '@' && (words.Length == 1 || words[1] == "="))
                ReadBlock(words);
            else
                _nodes.Add(ReadNode(words));
        }

        private void ReadBlock(string[] words)
        {
            _block = Numbered(words[0]);
            if (words.Length > 1)
                _blocks.Add(new(Key(words[2]), words[3], Int(words[5])));
            if (_block >= _blocks.Count || _blocks[_block].Outer >= _block)
                throw new FormatException($"The table of nodes in the emitted class is damaged: there is no block {words[0]}.");
        }

        private PlanNode ReadNode(string[] words)
        {
            var gives = Array.LastIndexOf(words, Gives);
            var reads = Array.LastIndexOf(words, Reads, gives);
            var size = words[gives + 1].Split('x');
            var end = reads < 0 ? gives : reads;
            var inputs = reads < 0 ? ImmutableArray.Create(_nodes.Count - 1) : words.Skip(reads + 1).Take(gives - reads - 1).Select(Int).ToImmutableArray();
            var node = new PlanNode(_block, words[1], Int(size[0]), Numbered(size[1])) { Key = Key(words[0]), Words = words.Skip(2).Take(end - 2).ToImmutableArray(), Inputs = inputs };
            if (node.Grid < 0 || node.Grid >= _grids.Count || inputs.Any(input => input < 0 || input >= _nodes.Count))
                throw new FormatException($"The table of nodes in the emitted class is damaged: '{string.Join(" ", words)}' has no size, or reads what is not there.");
            return words.Skip(gives + 2).Aggregate(node, With);
        }

        private static PlanNode With(PlanNode node, string word) => (word, word[0]) switch
        {
            (Flat, _) => node with { IsFlat = true },
            _ when AreDimensions(word) => node with { Dimensions = ReadDimensions(word) },
            (View, _) => node with { IsView = true },
            (Sized, _) => node with { HasSizeOfSecond = true },
            (Uncounted, _) => node with { IsUncounted = true },
            (_, 'p') => node with { Parameters = Long(word) },
            (_, 'm') => node with { PerPixel = Long(word) },
            (_, 'i') => node with { PerPixel = Long(word), CountsPixelsThatComeIn = true },
            (_, 's') => node with { Step = Numbered(word) },
            _ => throw new FormatException($"The table of nodes in the emitted class says '{word}', which this version of Blockwright does not know. Build the project again."),
        };

        private static long Long(string word) => long.Parse(word.Substring(1), NumberStyles.None, CultureInfo.InvariantCulture);
    }
}

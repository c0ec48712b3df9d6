using System.Text;
using TorchSharp;
using static System.FormattableString;
using static TorchSharp.torch;

namespace Blockwright;

/// <summary>Two networks side by side: what they cost, what they take on this machine and, given a labelled set, how often each is right.</summary>
public sealed class Comparison
{
    /// <summary>The runs that are timed where nobody says how many.</summary>
    public const int UsualIterations = KernelNetwork.ProfileRuns;

    private Comparison(string title, string before, string after, IReadOnlyList<ComparisonRow> rows) => (Title, Before, After, Rows) = (title, before, after, rows);

    /// <summary>What was compared and how: the networks, the input, and where it is not of the size that one of them declares.</summary>
    public string Title { get; }

    /// <summary>The first network's name.</summary>
    public string Before { get; }

    /// <summary>The second network's name.</summary>
    public string After { get; }

    /// <summary>The figures.</summary>
    public IReadOnlyList<ComparisonRow> Rows { get; }

    /// <summary>Compares two networks at one input; both are run in evaluation mode.</summary>
    /// <param name="before">One.</param>
    /// <param name="after">The other.</param>
    /// <param name="input">N x C x H x W, which both take.</param>
    /// <param name="labelled">Images, N x C x H x W, and the classes that they are of, N; null to leave accuracy out. It is gone through twice.</param>
    /// <param name="iterations">The runs that are timed. With those before and between them each module and each snapshot makes some two and a half times as many, and warms up for up to three seconds twice: an input that takes a second
    /// asks for fewer.</param>
    /// <param name="options">How the snapshots run, as with how many threads; null for the usual. Those of torch's own operations are <c>torch.set_num_threads</c>'s to say.</param>
    /// <returns>The comparison.</returns>
    /// <exception cref="ArgumentException">A network does not take the input or the images, or a label is none of its classes, or a network that gives several results is to say classes.</exception>
    public static Comparison Of(INetworkModule before, INetworkModule after, Tensor input, IEnumerable<(Tensor Images, Tensor Labels)>? labelled = null, int iterations = UsualIterations, FuseOptions? options = null) =>
        Of(before, after, [input], labelled, iterations, options ?? FuseOptions.Default, null);

    /// <summary>Compares two networks with several inputs, which are of the same channels.</summary>
    /// <param name="before">One.</param>
    /// <param name="after">The other.</param>
    /// <param name="inputs">The inputs, in their order, which both take.</param>
    /// <param name="iterations">The runs that are timed, as of networks with one input.</param>
    /// <param name="options">How the snapshots run; null for the usual.</param>
    /// <returns>The comparison.</returns>
    /// <exception cref="ArgumentException">A network does not take the inputs.</exception>
    public static Comparison Of(INetworkModule before, INetworkModule after, IReadOnlyList<Tensor> inputs, int iterations = UsualIterations, FuseOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return Of(before, after, [.. inputs], null, iterations, options ?? FuseOptions.Default, null);
    }

    /// <summary>Compares with a network whose snapshot somebody may have timed already at the inputs.</summary>
    internal static Comparison Of(INetworkModule before, INetworkModule after, Tensor[] inputs, IEnumerable<(Tensor Images, Tensor Labels)>? labelled, int iterations, FuseOptions options, NetworkProfile? profiled)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        Array.ForEach(inputs, static input => ArgumentNullException.ThrowIfNull(input));
        foreach (var network in new[] { before, after }.Where(network => network.Plans.Inputs.Length > 1 || inputs.Length > 1))
            InputSizes.Check(network.Plans, network.Plans.Network, inputs);
        if (before.InChannels != after.InChannels)
            throw new ArgumentException(Invariant($"{before.Plans.Network} takes images of {before.InChannels} channels, and {after.Plans.Network} of {after.InChannels}: there is no input that both take."), nameof(after));
        if (labelled is not null && inputs.Length > 1)
            throw new ArgumentException($"{before.Plans.Network} takes several inputs, and a labelled set has images of one: accuracy is left out.", nameof(labelled));
        KernelNetwork.CheckRuns(iterations);
        var one = new Side(before, inputs, options, profiled);
        var other = new Side(after, inputs, options, null);
        // What is wrong with a set is said before anything is timed, which takes seconds.
        var set = labelled?.ToList();
        var accuracy = set is null ? null : new ComparisonRow("accuracy", ComparisonUnit.Share, one.Accuracy(set), other.Accuracy(set));
        // In turns, so that what a process becomes in time (code that is compiled anew, memory, the machine's heat) is both sides' alike.
        foreach (var (side, runs) in new[] { (one, iterations - (iterations / 2)), (other, iterations - (iterations / 2)), (other, iterations / 2), (one, iterations / 2) })
            side.Time(runs);
        var rows = new List<ComparisonRow>
        {
            new("multiply-adds", ComparisonUnit.Count, one.Cost.MultiplyAdds, other.Cost.MultiplyAdds),
            new("parameters", ComparisonUnit.Count, one.Cost.Parameters, other.Cost.Parameters),
            new("memory access, layer by layer", ComparisonUnit.Bytes, one.Cost.MemoryAccessBytes, other.Cost.MemoryAccessBytes),
            new("memory access, fused", ComparisonUnit.Bytes, one.OfKernels(one.Cost.FusedBytes), other.OfKernels(other.Cost.FusedBytes)),
            Timed("torch's operations", one.Module, other.Module),
            new("Fuse(), by the roofline of direct sums", ComparisonUnit.Seconds, one.OfKernels(one.Floor), other.OfKernels(other.Floor)),
            Timed("Fuse()", one.Fused, other.Fused),
        };
        // What nobody counts, as a GPU's roofline, is no row.
        rows.RemoveAll(static row => row is { Before: 0, After: 0 });
        if (accuracy is not null)
            rows.Add(accuracy);
        return new(TitleOf(before.Plans, after.Plans, inputs), before.Plans.Network, after.Plans.Network, rows);
    }

    private static string TitleOf(NetworkPlans before, NetworkPlans after, Tensor[] inputs)
    {
        var input = inputs[0];
        var elsewhere = new[] { before, after }.Where(plans => (plans.Height, plans.Width) != (input.size(2), input.size(3))).Select(static plans => Invariant($"{plans.Network} at {plans.Height} x {plans.Width}")).Distinct().ToList();
        return Invariant($"{before.Network} and {after.Network}, {InputSizes.Text(before, (int)input.size(0), (int)input.size(2), (int)input.size(3))}{(elsewhere.Count == 0 ? "" : $" (declared: {string.Join(", ", elsewhere)})")}");
    }

    private static ComparisonRow Timed(string name, IReadOnlyList<double> before, IReadOnlyList<double> after) =>
        new(name, ComparisonUnit.Seconds, NetworkProfile.Median(before), NetworkProfile.Median(after)) { BeforeSpread = Spread(before), AfterSpread = Spread(after) };

    /// <summary>Half of what lies between the quartiles, as a share of the median.</summary>
    private static double Spread(IReadOnlyList<double> seconds)
    {
        double[] sorted = [.. seconds.Order()];
        return (sorted[3 * (sorted.Length - 1) / 4] - sorted[(sorted.Length - 1) / 4]) / (2 * NetworkProfile.Median(seconds));
    }

    /// <summary>The table as text.</summary>
    /// <returns>The text.</returns>
    public override string ToString()
    {
        var text = new StringBuilder(Title).Append('\n').Append('\n');
        TextTable.Write(text, Table());
        return text.ToString();
    }

    /// <summary>The table in Markdown.</summary>
    /// <returns>The text.</returns>
    public string ToMarkdown()
    {
        var text = new StringBuilder("**").Append(Title).Append("**").Append('\n').Append('\n');
        TextTable.WriteMarkdown(text, Table());
        return text.ToString();
    }

    /// <summary>The figures as JSON: counts, bytes, seconds and parts of 1; null for what is of kernels that a network has not.</summary>
    /// <returns>The text.</returns>
    public string ToJson() => JsonText.Of(json =>
    {
        json.WriteString("title", Title);
        json.WriteString("before", Before);
        json.WriteString("after", After);
        json.WriteStartArray("rows");
        foreach (var row in Rows)
        {
            json.WriteStartObject();
            json.WriteString("name", row.Name);
            json.WriteString("unit", row.Unit.ToString());
            json.WriteReal("before", row.Before);
            json.WriteReal("after", row.After);
            json.WriteReal("change", row.Change);
            json.WriteReal("beforeSpread", row.BeforeSpread);
            json.WriteReal("afterSpread", row.AfterSpread);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    });

    private List<TextColumn> Table() =>
    [
        new("", false, [.. Rows.Select(static row => row.Name)]),
        new(Before, true, [.. Rows.Select(static row => row.BeforeText)]),
        new(After, true, [.. Rows.Select(static row => row.AfterText)]),
        new("change", true, [.. Rows.Select(static row => row.ChangeText)]),
    ];

    /// <summary>One of the two.</summary>
    private sealed class Side
    {
        private readonly INetworkModule _network;
        private readonly Tensor[] _inputs;
        private readonly FuseOptions _options;
        private readonly string _name;
        private readonly long _classes;
        private readonly bool _isOne;
        private readonly bool _isTimed;
        private readonly List<NetworkProfile> _module = [];
        private readonly List<NetworkProfile> _fused = [];
        private NetworkCost? _cost;

        /// <param name="network">The network.</param>
        /// <param name="inputs">What it is run on.</param>
        /// <param name="options">How its snapshot runs.</param>
        /// <param name="profiled">What somebody has timed of its snapshot already.</param>
        public Side(INetworkModule network, Tensor[] inputs, FuseOptions options, NetworkProfile? profiled)
        {
            var cost = network.GetCost();
            (_network, _inputs, _options, _isTimed) = (network, inputs, options, profiled is not null);
            (_name, _classes, _isOne) = (network.Plans.Network, cost.Layers[cost.Output].OutputShape[1], cost.Results.Count == 1);
            if (profiled is not null)
                _fused.Add(profiled);
        }

        /// <summary>At the input, which the first run has not refused.</summary>
        public NetworkCost Cost => _cost ??= _network.GetCost().At((int)_inputs[0].size(0), (int)_inputs[0].size(2), (int)_inputs[0].size(3));

        /// <summary>What the module's runs took, in seconds.</summary>
        public IReadOnlyList<double> Module => Runs(_module);

        /// <summary>What the snapshot's did.</summary>
        public IReadOnlyList<double> Fused => Runs(_fused);

        public double Floor => _fused[0].Steps.Sum(static step => step.FloorSeconds);

        /// <summary>A figure that there is of kernels alone: where torch's operations run, nobody counts it.</summary>
        public double OfKernels(double figure) => Cost.HasPlan ? figure : double.NaN;

        /// <summary>Runs the module and a snapshot, in evaluation.</summary>
        public void Time(int runs)
        {
            if (runs == 0)
                return;
            var wasTraining = _network.Module.training;
            _network.Module.eval();
            try
            {
                _module.Add(_inputs is [var only] ? _network.Profile(only, runs) : _network.Profile(_inputs, runs));
                if (_isTimed)
                    return;
                using var snapshot = _network.TakeSnapshot(_options);
                _fused.Add(snapshot.Profile(_inputs, runs));
            }
            finally
            {
                _network.Module.train(wasTraining);
            }
        }

        private static List<double> Runs(List<NetworkProfile> profiles) => [.. profiles.SelectMany(static profile => profile.PlainSeconds)];

        public double Accuracy(IReadOnlyList<(Tensor Images, Tensor Labels)> labelled)
        {
            if (!_isOne)
                throw new ArgumentException($"{_name} gives several results: nobody knows which of them says the class.", nameof(labelled));
            using var snapshot = _network.TakeSnapshot(_options);
            var (right, all) = (0L, 0L);
            foreach (var (images, labels) in labelled)
            {
                if (labels.dim() != 1 || labels.size(0) != images.size(0) || (labels.numel() > 0 && (labels.min().ToInt64() < 0 || labels.max().ToInt64() >= _classes)))
                    throw new ArgumentException(Invariant($"{_name} tells {_classes} classes apart: the labels of {images.size(0)} images are so many numbers from 0 to {_classes - 1}."), nameof(labelled));
                using var scope = NewDisposeScope();
                var results = snapshot.Results(images)[0];
                // The largest of results that are no numbers is none of the classes.
                right += results.argmax(1).eq(labels).logical_and(results.isnan().any(1, false).logical_not()).sum().ToInt64();
                all += images.size(0);
            }
            return all == 0 ? throw new ArgumentException("The labelled set is empty.", nameof(labelled)) : right / (double)all;
        }
    }
}

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

    private Comparison(string before, string after, IReadOnlyList<ComparisonRow> rows) => (Before, After, Rows) = (before, after, rows);

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
    /// <param name="iterations">The runs that are timed.</param>
    /// <returns>The comparison.</returns>
    /// <exception cref="ArgumentException">A network does not take the input or the images, or a label is none of its classes, or a network that gives several results is to say classes.</exception>
    public static Comparison Of(INetworkModule before, INetworkModule after, Tensor input, IEnumerable<(Tensor Images, Tensor Labels)>? labelled = null, int iterations = UsualIterations) =>
        Of(before, after, input, labelled, iterations, null);

    /// <summary>Compares with a network whose snapshot somebody may have timed already at the input.</summary>
    internal static Comparison Of(INetworkModule before, INetworkModule after, Tensor input, IEnumerable<(Tensor Images, Tensor Labels)>? labelled, int iterations, NetworkProfile? profiled)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        ArgumentNullException.ThrowIfNull(input);
        if (before.InChannels != after.InChannels)
            throw new ArgumentException(Invariant($"{before.Plans.Network} takes images of {before.InChannels} channels, and {after.Plans.Network} of {after.InChannels}: there is no input that both take."), nameof(after));
        KernelNetwork.CheckRuns(iterations);
        var one = new Side(before, input, profiled);
        var other = new Side(after, input, null);
        // In turns, so that what a process becomes in time (code that is compiled anew, memory, the machine's heat) is both sides' alike.
        foreach (var (side, runs) in new[] { (one, iterations - (iterations / 2)), (other, iterations - (iterations / 2)), (other, iterations / 2), (one, iterations / 2) })
            side.Time(runs);
        var rows = new List<ComparisonRow>
        {
            new("multiply-adds", ComparisonUnit.Count, one.Cost.MultiplyAdds, other.Cost.MultiplyAdds),
            new("parameters", ComparisonUnit.Count, one.Cost.Parameters, other.Cost.Parameters),
            new("memory access, layer by layer", ComparisonUnit.Bytes, one.Cost.MemoryAccessBytes, other.Cost.MemoryAccessBytes),
            new("memory access, fused", ComparisonUnit.Bytes, one.Cost.FusedBytes, other.Cost.FusedBytes),
            new("torch's operations", ComparisonUnit.Seconds, one.ModuleSeconds, other.ModuleSeconds),
            new("Fuse(), by the roofline at least", ComparisonUnit.Seconds, one.Floor, other.Floor),
            new("Fuse()", ComparisonUnit.Seconds, one.FusedSeconds, other.FusedSeconds),
        };
        // What there is not, as a plan, is no row.
        rows.RemoveAll(static row => row is { Before: 0, After: 0 });
        if (labelled is not null)
        {
            var set = labelled.ToList();
            rows.Add(new("accuracy", ComparisonUnit.Share, one.Accuracy(set), other.Accuracy(set)));
        }
        return new(before.Plans.Network, after.Plans.Network, rows);
    }

    /// <summary>The table as text.</summary>
    /// <returns>The text.</returns>
    public override string ToString()
    {
        var text = new StringBuilder();
        TextTable.Write(text, Table());
        return text.ToString();
    }

    /// <summary>The table in Markdown.</summary>
    /// <returns>The text.</returns>
    public string ToMarkdown()
    {
        var text = new StringBuilder();
        TextTable.WriteMarkdown(text, Table());
        return text.ToString();
    }

    /// <summary>The figures as JSON: counts, bytes, seconds and parts of 1.</summary>
    /// <returns>The text.</returns>
    public string ToJson() => JsonText.Of(json =>
    {
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
            json.WriteEndObject();
        }
        json.WriteEndArray();
    });

    private List<TextColumn> Table() =>
    [
        new("", false, [.. Rows.Select(static row => row.Name)]),
        new(Before, true, [.. Rows.Select(static row => row.Text(row.Before))]),
        new(After, true, [.. Rows.Select(static row => row.Text(row.After))]),
        new("change", true, [.. Rows.Select(static row => row.ChangeText)]),
    ];

    /// <summary>One of the two.</summary>
    private sealed class Side
    {
        private readonly INetworkModule _network;
        private readonly Tensor _input;
        private readonly string _name;
        private readonly long _classes;
        private readonly bool _isOne;
        private readonly bool _isTimed;
        private readonly List<NetworkProfile> _module = [];
        private readonly List<NetworkProfile> _fused = [];
        private NetworkCost? _cost;

        /// <param name="network">The network.</param>
        /// <param name="input">What it is run on.</param>
        /// <param name="profiled">What somebody has timed of its snapshot already.</param>
        public Side(INetworkModule network, Tensor input, NetworkProfile? profiled)
        {
            var cost = network.GetCost();
            (_network, _input, _isTimed) = (network, input, profiled is not null);
            (_name, _classes, _isOne) = (network.Plans.Network, cost.Layers[cost.Output].OutputShape[1], cost.Results.Count == 1);
            if (profiled is not null)
                _fused.Add(profiled);
        }

        /// <summary>At the input, which the first run has not refused.</summary>
        public NetworkCost Cost => _cost ??= _network.GetCost().At((int)_input.size(0), (int)_input.size(2), (int)_input.size(3));

        public double ModuleSeconds => Median(_module);

        public double FusedSeconds => Median(_fused);

        /// <summary>Zero where torch's operations run, whose steps nobody counts.</summary>
        public double Floor => _fused[0].Steps.Sum(static step => step.FloorSeconds);

        /// <summary>Runs the module and a snapshot, in evaluation.</summary>
        public void Time(int runs)
        {
            if (runs == 0)
                return;
            var wasTraining = _network.Module.training;
            _network.Module.eval();
            try
            {
                _module.Add(_network.Profile(_input, runs));
                if (_isTimed)
                    return;
                using var snapshot = _network.TakeSnapshot(FuseOptions.Default);
                _fused.Add(snapshot.Profile(_input, runs));
            }
            finally
            {
                _network.Module.train(wasTraining);
            }
        }

        private static double Median(List<NetworkProfile> profiles) => NetworkProfile.Median(profiles.SelectMany(static profile => profile.PlainSeconds));

        public double Accuracy(IReadOnlyList<(Tensor Images, Tensor Labels)> labelled)
        {
            if (!_isOne)
                throw new ArgumentException($"{_name} gives several results: nobody knows which of them says the class.", nameof(labelled));
            using var snapshot = _network.TakeSnapshot(FuseOptions.Default);
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

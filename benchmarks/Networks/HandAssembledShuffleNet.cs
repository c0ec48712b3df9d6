using System.Diagnostics;
using Blockwright.Kernels;

namespace Blockwright.Benchmarks.Networks;

/// <summary>
/// ShuffleNet V2 put together by hand from the kernels: what a planner does for any network, done once for this one, to see what the kernels are worth. No
/// channel moves but at the two places where a stage's first depthwise convolution needs its input in one piece.
/// </summary>
/// <remarks>
/// Each unit's new half goes to a buffer of its own, its channels sorted by the unit that consumes them, so that a unit's input is a few runs of
/// earlier buffers. Images go one by one through the first three stages, whose maps would not stay in the cache together, and side by side through the last.
/// </remarks>
public sealed unsafe class HandAssembledShuffleNet : IDisposable
{
    private readonly ShuffleNetWeights _weights;
    private readonly InstructionSet _set;
    private readonly int _batch;
    private readonly Team _team;
    private readonly List<IDisposable> _owned = [];
    private readonly Dictionary<string, PackedConvolution> _packed = [];
    private readonly Dictionary<string, PackedDepthwise> _packedDepthwise = [];
    private readonly List<Step>[,] _programs;
    private readonly bool _together;
    private readonly float* _input;
    private readonly AlignedMemory _output;
    private readonly int _classes;

    /// <summary>Prepares the network for a batch size and a number of threads.</summary>
    public HandAssembledShuffleNet(ShuffleNetWeights weights, InstructionSet set, int batch, int threads)
    {
        _weights = weights;
        _set = set;
        _batch = batch;
        _team = Own(new Team(threads));
        _classes = weights["fc"].Out;
        var input = Own(new AlignedMemory((long)batch * 3 * 224 * 224));
        _input = input.Pointer;
        _output = Own(new AlignedMemory(new FeatureLayout(_classes, 1, 1).ImagePitch * batch));
        // One image for all threads together; or images of its own for each thread, which has its own buffers.
        _together = batch < threads || threads == 1;
        var members = _together ? 1 : threads;
        _programs = new List<Step>[members, members];
        for (var member = 0; member < members; member++)
        {
            var buffers = new Dictionary<string, AlignedMemory>();
            for (var part = 0; part < members; part++)
            {
                var (first, end) = new Share(part, members).Of(batch);
                _programs[member, part] = new Builder(this, buffers, first, end - first).Build();
            }
        }
    }

    /// <summary>The floats that the input holds: N x 3 x 224 x 224.</summary>
    public Span<float> Input => new(_input, _batch * 3 * 224 * 224);

    /// <summary>The steps, each with the time that one run of the single-threaded program spends in it.</summary>
    public IEnumerable<(string Name, double Flops, double Seconds)> Profile(int runs)
    {
        var steps = _programs[0, 0];
        var times = new List<double>[steps.Count];
        for (var i = 0; i < times.Length; i++)
            times[i] = [];
        for (var run = 0; run < runs; run++)
        {
            for (var i = 0; i < steps.Count; i++)
            {
                var start = Stopwatch.GetTimestamp();
                steps[i].Run(Share.Whole);
                times[i].Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
            }
        }

        return steps.Select((step, i) => (step.Name, step.Flops, times[i].Order().ElementAt(runs / 2)));
    }

    /// <summary>Classifies <see cref="Input"/>.</summary>
    /// <param name="logits">N x 1000.</param>
    public void Run(Span<float> logits)
    {
        if (!_team.TryRun(Work, this, _together ? _programs[0, 0].Count : 1, _team.Threads))
            throw new InvalidOperationException("Another thread runs this network.");
        var pitch = new FeatureLayout(_classes, 1, 1).PixelPitch;
        for (var i = 0; i < _batch; i++)
            new ReadOnlySpan<float>(_output.Pointer + i * pitch, _classes).CopyTo(logits[(i * _classes)..]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var owned in _owned)
            owned.Dispose();
    }

    private static readonly TeamWork Work = (state, step, member, share) =>
    {
        var net = (HandAssembledShuffleNet)state;
        if (net._together)
        {
            net._programs[0, 0][step].Run(share);
        }
        else
        {
            foreach (var own in net._programs[member, share.Part])
                own.Run(Share.Whole);
        }
    };

    private T Own<T>(T owned) where T : IDisposable
    {
        _owned.Add(owned);
        return owned;
    }

    /// <summary>A kernel's call.</summary>
    /// <param name="Name">Its layer.</param>
    /// <param name="Flops">What it computes.</param>
    /// <param name="Run">The call.</param>
    private sealed record Step(string Name, double Flops, Action<Share> Run);

    /// <summary>Channels in logical order: which buffer holds each, and where.</summary>
    private readonly record struct Row(int Buffer, int Channel);

    /// <summary>Some channels of a buffer.</summary>
    private readonly record struct Span(int First, int Count);

    /// <summary>Where a unit's new half goes: what later units read, and what they do not, in this order of its channels.</summary>
    private readonly record struct Output(FeatureMap Own, FeatureMap Joined, int[] Order);

    /// <summary>A stage's input: maps with ranges of channels, whole cache lines apart, and which logical channel each of their channels is.</summary>
    private readonly record struct Joined(FeatureMap Maps, Span[] Ranges, int[] Columns)
    {
        /// <summary>The ranges that the units of the stage before write themselves, by buffer.</summary>
        public Dictionary<int, Span> Direct { get; init; } = [];

        public FeatureMap[] Runs => [.. Ranges.Select(Range)];

        /// <summary>The logical channel of each channel of the maps; -1 for one between two ranges.</summary>
        public int[] Lanes
        {
            get
            {
                var lanes = Enumerable.Repeat(-1, Maps.Channels).ToArray();
                var next = 0;
                foreach (var range in Ranges)
                {
                    for (var i = 0; i < range.Count; i++)
                        lanes[range.First + i] = Columns[next++];
                }

                return lanes;
            }
        }

        public FeatureMap Range(Span range)
        {
            var slice = Maps.Slice(range.First, range.Count);
            // What lies up to the next range is nobody's.
            return slice with { Lanes = Math.Max(slice.Lanes, Math.Min((range.Count + 15) / 16 * 16, Maps.Lanes - range.First)) };
        }
    }

    /// <summary>Lays out the buffers for some images, and lists the calls.</summary>
    private sealed class Builder(HandAssembledShuffleNet net, Dictionary<string, AlignedMemory> buffers, int firstImage, int images)
    {
        private readonly List<Step> _steps = [];

        public List<Step> Build()
        {
            // What the last stage reads, of all images.
            var boundary = Join("stage4.in", 3, 14, images);
            for (var i = 0; i < images; i++)
            {
                var stage3 = Join("stage3.in", 2, 28, 1);
                Stage(2, new Joined(Stem(firstImage + i), [new(0, 24)], Enumerable.Range(0, 24).ToArray()), 28, 1, stage3);
                Stage(3, stage3, 14, 1, boundary with { Maps = boundary.Maps.Batch(i, 1) });
            }

            Head(Stage(4, boundary, 7, images, null)!.Value);
            return _steps;
        }

        /// <summary>conv1 and the pool, some rows at a time: the 112 x 112 maps between them never leave the second-level cache.</summary>
        private FeatureMap Stem(int image)
        {
            const int Band = 4;
            var pooled = Map("maxpool", 24, 56, 1, 1);
            var source = new PlanarImages(net._input + (long)image * 3 * 224 * 224, 1, 3, 224, 224);
            var planes = Enumerable.Range(0, net._team.Threads)
                .Select(part => new PlanarImages(Buffer($"planes {part}", 3L * (4 * Band + 5) * 226).Pointer, 1, 3, 4 * Band + 3, 224, 1))
                .ToArray();
            var packed = Pack("conv1.0", [1, 1, 1], Enumerable.Range(0, 24).ToArray(), Enumerable.Range(0, 3).ToArray());
            Add("conv1.0 and maxpool", Flops("conv1.0"), Bands(
                "stem", pooled, 24, Band,
                (share, first, maps) =>
                {
                    // Row 0 has its padding above; other rows begin one row earlier.
                    var top = first == 0 ? 1 : 0;
                    var own = planes[share.Part].Rows(0, 2 * maps.Height + 1 - top);
                    source.Rows(2 * first - 1 + top, own.Height).CopyTo(own, Share.Whole);
                    Convolution.Run(
                        packed, new Window(3, 3, 2, 2, top, 1), [own.Plane(0), own.Plane(1), own.Plane(2)], maps, Activation.Relu, default, Share.Whole);
                },
                (maps, top, output) => Pooling.Max(net._set, new Window(3, 3, 2, 2, top, 1), maps, output, Share.Whole)));
            return pooled;
        }

        /// <summary>
        /// Something that makes maps, and a 3 x 3 window of stride 2 over them, a few rows at a time through a buffer of a few rows. The row that two bands share is
        /// kept.
        /// </summary>
        private Action<Share> Bands(
            string name, FeatureMap output, int channels, int band, Action<Share, int, FeatureMap> produce, Action<FeatureMap, int, FeatureMap> consume)
        {
            var layout = new FeatureLayout(channels, 2 * band + 1, 2 * output.Width, 1);
            var buffers = Enumerable.Range(0, net._team.Threads)
                .Select(part => layout.At(Buffer($"{name} rows {part}", layout.ImagePitch), 1)).ToArray();
            return share =>
            {
                var rows = buffers[share.Part];
                var (start, end) = share.Of(output.Height);
                var kept = -1;
                for (var y = start; y < end; y += band)
                {
                    var count = Math.Min(band, end - y);
                    var top = y == 0 ? 1 : 0;
                    if (kept >= 0)
                        Elementwise.Copy(net._set, rows.Rows(kept, 1), rows.Rows(0, 1), Activation.None, Share.Whole);
                    var known = kept >= 0 ? 1 : 0;
                    produce(share, 2 * y - 1 + top + known, rows.Rows(known, 2 * count + 1 - top - known));
                    consume(rows.Rows(0, 2 * count + 1 - top), top, output.Rows(y, count));
                    kept = 2 * count - top;
                }
            };
        }

        // The stage's output, joined in the given maps; or for the last stage conv5's, which reads the runs in place.
        private FeatureMap? Stage(int stage, Joined input, int side, int count, Joined? joined)
        {
            var name = $"stage{stage}";
            var half = net._weights[$"{name}.0.branch1.2"].Out;
            var units = net._weights.Units(stage);
            var (values, orders) = Plan(units, half);
            var outputs = new Output[units + 1];
            for (var b = 0; b <= units; b++)
            {
                var direct = joined?.Direct.GetValueOrDefault(b, default) ?? default;
                var own = half - direct.Count;
                outputs[b] = new Output(
                    own > 0 ? Map($"{name}.{b} of {own}", own, side, 0, count) : default,
                    direct.Count > 0 ? joined!.Value.Range(direct) : default,
                    orders[b]);
            }

            var buffers = outputs.Select(o => o.Own).ToArray();
            Downsample(name, input, side, count, outputs[0], outputs[1]);
            for (var unit = 1; unit < units; unit++)
            {
                var (runs, columns) = Runs(values[unit - 1][half..], buffers, orders);
                Basic($"{name}.{unit}", runs, columns, side, count, outputs[unit + 1]);
            }

            if (joined is { } target)
            {
                var rest = values[^1].Where(r => !target.Direct.ContainsKey(r.Buffer)).ToArray();
                if (rest.Length > 0)
                {
                    var runs = Runs(rest, buffers, orders).Runs;
                    var gathered = target.Range(target.Ranges[^1]);
                    Add($"{name} gathered", 0, share => Elementwise.Gather(net._set, runs, gathered, share));
                }

                return null;
            }

            var (lastRuns, lastColumns) = Runs(values[^1], buffers, orders);
            var conv5 = net._weights["conv5.0"];
            var maps = Map("conv5", conv5.Out, side, 0, count);
            Convolve("conv5.0", lastRuns, maps, Activation.Relu, Enumerable.Range(0, conv5.Out).ToArray(), lastColumns);
            return maps;
        }

        /// <summary>
        /// Lays out the maps in which a stage's output comes together for the next one's depthwise convolution. The channels that no later unit reads are written there
        /// by the unit that makes them, each unit's in whole cache lines; the few of the early units are gathered at the end.
        /// </summary>
        private Joined Join(string name, int stage, int side, int count)
        {
            const int Fewest = 24;
            var (units, half) = (net._weights.Units(stage), net._weights[$"stage{stage}.0.branch1.2"].Out);
            var (values, orders) = Plan(units, half);
            var last = values[^1].Select((row, logical) => (row, logical)).ToDictionary(r => r.row, r => r.logical);
            var ranges = new List<Span>();
            var columns = new List<int>();
            var direct = new Dictionary<int, Span>();
            var width = 0;
            foreach (var group in last.Keys.GroupBy(r => r.Buffer).Where(g => g.Count() >= Fewest).OrderBy(g => g.Key))
            {
                direct[group.Key] = new Span(width, group.Count());
                ranges.Add(direct[group.Key]);
                columns.AddRange(orders[group.Key][^group.Count()..].Select(c => last[new Row(group.Key, c)]));
                width += (group.Count() + 15) / 16 * 16;
            }

            var rest = last.Keys.Where(r => !direct.ContainsKey(r.Buffer)).OrderBy(r => r.Buffer).ThenBy(r => Array.IndexOf(orders[r.Buffer], r.Channel)).ToArray();
            if (rest.Length > 0)
            {
                ranges.Add(new Span(width, rest.Length));
                columns.AddRange(rest.Select(r => last[r]));
                width += rest.Length;
            }

            return new Joined(Map(name, width, side, 1, count), [.. ranges], [.. columns]) { Direct = direct };
        }

        private void Downsample(string name, Joined input, int side, int count, Output left, Output right)
        {
            var half = right.Order.Length;
            var columns = input.Columns;
            var leftMiddle = input with { Maps = Map($"{input.Maps.Channels} of {side}, left", input.Maps.Channels, side, 0, count) };
            var rightMiddle = Map($"{half} of {side}", half, side, 0, count);
            var natural = Enumerable.Range(0, half).ToArray();
            Deepen($"{name}.0.branch1.0", input.Maps, leftMiddle.Maps, input.Lanes);
            ConvolveTo($"{name}.0.branch1.2", leftMiddle.Runs, left, columns);
            if (side > 7)
            {
                var expand = Pack($"{name}.0.branch2.0", input.Ranges.Select(r => r.Count).ToArray(), natural, columns);
                var runs = input.Runs;
                // Rows of each run, made anew for each band without an array of its own.
                var banded = Enumerable.Range(0, net._team.Threads).Select(_ => new FeatureMap[runs.Length]).ToArray();
                var deepen = PackDepthwise($"{name}.0.branch2.3", natural);
                Add($"{name}.0.branch2.0, 3", Flops($"{name}.0.branch2.0") + Flops($"{name}.0.branch2.3"), Bands(
                    name, rightMiddle, half, 4,
                    (share, first, maps) =>
                    {
                        var rows = banded[share.Part];
                        for (var i = 0; i < rows.Length; i++)
                            rows[i] = runs[i].Rows(first, maps.Height);
                        Convolution.Run(expand, Window.Pixel, rows, maps, Activation.Relu, default, Share.Whole);
                    },
                    (maps, top, output) => Depthwise.Run(deepen, new Window(3, 3, 2, 2, top, 1), maps, output, Activation.None, Share.Whole)));
            }
            else
            {
                // Here the maps fit the cache as they are, and 7 rows do not divide between two threads.
                var expanded = Map($"{half} of {2 * side} with halo", half, 2 * side, 1, count);
                Convolve($"{name}.0.branch2.0", input.Runs, expanded, Activation.Relu, natural, columns);
                Deepen($"{name}.0.branch2.3", expanded, rightMiddle, natural);
            }

            ConvolveTo($"{name}.0.branch2.5", [rightMiddle], right, natural);
        }

        private void Basic(string name, FeatureMap[] runs, int[] columns, int side, int count, Output output)
        {
            var half = output.Order.Length;
            var first = Map($"{half} of {side} with halo", half, side, 1, count);
            var second = Map($"{half} of {side}", half, side, 0, count);
            var natural = Enumerable.Range(0, half).ToArray();
            Convolve($"{name}.branch2.0", runs, first, Activation.Relu, natural, columns);
            Deepen($"{name}.branch2.3", first, second, natural);
            ConvolveTo($"{name}.branch2.5", [second], output, natural);
        }

        private void Head(FeatureMap maps)
        {
            var pooled = Map("pooled", maps.Channels, 1, 0, images);
            Add("global pool", 0, share => Pooling.GlobalAverage(net._set, maps, pooled, share));
            var logits = new FeatureLayout(net._classes, 1, 1).At(net._output, net._batch).Batch(firstImage, images);
            Convolve("fc", [pooled], logits, Activation.None, Enumerable.Range(0, net._classes).ToArray(), Enumerable.Range(0, maps.Channels).ToArray());
        }

        /// <summary>
        /// Follows the channels through a stage's splits, concatenations and shuffles. Gives each unit's output in logical order, and for each buffer the order of
        /// its channels: sorted by the unit that consumes them.
        /// </summary>
        private static (Row[][] Values, int[][] Orders) Plan(int units, int half)
        {
            var values = new Row[units][];
            var consumer = new int[units + 1, half];
            for (var unit = 0; unit < units; unit++)
            {
                var keep = unit == 0 ? Enumerable.Range(0, half).Select(c => new Row(0, c)).ToArray() : values[unit - 1][..half];
                if (unit > 0)
                {
                    foreach (var row in values[unit - 1][half..])
                        consumer[row.Buffer, row.Channel] = unit;
                }

                values[unit] = new Row[2 * half];
                for (var c = 0; c < half; c++)
                {
                    values[unit][2 * c] = keep[c];
                    values[unit][2 * c + 1] = new Row(unit + 1, c);
                }
            }

            foreach (var row in values[^1])
                consumer[row.Buffer, row.Channel] = units;
            var orders = Enumerable.Range(0, units + 1)
                .Select(b => Enumerable.Range(0, half).OrderBy(c => consumer[b, c]).ToArray())
                .ToArray();
            return (values, orders);
        }

        // A value as contiguous runs of buffers, and which of its logical channels each physical channel is.
        private static (FeatureMap[] Runs, int[] Columns) Runs(Row[] value, FeatureMap[] buffers, int[][] orders)
        {
            var physical = value
                .Select((row, logical) => (row.Buffer, Channel: Array.IndexOf(orders[row.Buffer], row.Channel), Logical: logical))
                .OrderBy(r => r.Buffer).ThenBy(r => r.Channel).ToArray();
            var runs = new List<FeatureMap>();
            for (var i = 0; i < physical.Length;)
            {
                var end = i + 1;
                while (end < physical.Length && physical[end].Buffer == physical[i].Buffer && physical[end].Channel == physical[end - 1].Channel + 1)
                    end++;
                runs.Add(buffers[physical[i].Buffer].Slice(physical[i].Channel, end - i));
                i = end;
            }

            return ([.. runs], physical.Select(r => r.Logical).ToArray());
        }

        private void Convolve(string key, FeatureMap[] runs, FeatureMap output, Activation activation, int[] rows, int[] columns)
        {
            var layer = net._weights[key];
            var packed = Pack(key, runs.Select(r => r.Channels).ToArray(), rows, columns);
            var window = Window.Square(layer.Kernel, layer.Stride, layer.Padding);
            Add(key, Flops(key) * output.Images, share => Convolution.Run(packed, window, runs, output, activation, default, share));
        }

        // The channels that later units read go to the unit's own buffer, the others where the stage's output comes together.
        private void ConvolveTo(string key, FeatureMap[] runs, Output output, int[] columns)
        {
            var counts = runs.Select(r => r.Channels).ToArray();
            var own = output.Order.Length - output.Joined.Channels;
            var first = own > 0 ? Pack(key, counts, output.Order[..own], columns) : null;
            var second = own < output.Order.Length ? Pack($"{key} joined", counts, output.Order[own..], columns) : null;
            Add(key, Flops(key) * runs[0].Images, share =>
            {
                if (first != null)
                    Convolution.Run(first, Window.Pixel, runs, output.Own, Activation.Relu, default, share);
                if (second != null)
                    Convolution.Run(second, Window.Pixel, runs, output.Joined, Activation.Relu, default, share);
            });
        }

        private void Deepen(string key, FeatureMap input, FeatureMap output, int[] order)
        {
            var packed = PackDepthwise(key, order);
            var window = Window.Square(3, net._weights[key].Stride, 1);
            Add(key, Flops(key) * output.Images, share => Depthwise.Run(packed, window, input, output, Activation.None, share));
        }

        private PackedConvolution Pack(string key, int[] runs, int[] rows, int[] columns)
        {
            if (net._packed.TryGetValue(key, out var packed))
                return packed;
            var layer = net._weights[key.Split(' ')[0]];
            var taps = layer.Kernel * layer.Kernel;
            var weights = new float[rows.Length * layer.In * taps];
            var bias = new float[rows.Length];
            for (var row = 0; row < rows.Length; row++)
            {
                bias[row] = layer.Bias[rows[row]];
                for (var column = 0; column < layer.In; column++)
                    Array.Copy(layer.Weights, (rows[row] * layer.In + columns[column]) * taps, weights, (row * layer.In + column) * taps, taps);
            }

            packed = net.Own(new PackedConvolution(net._set, weights, bias, rows.Length, runs, layer.Kernel, layer.Kernel));
            net._packed.Add(key, packed);
            return packed;
        }

        private PackedDepthwise PackDepthwise(string key, int[] order)
        {
            if (net._packedDepthwise.TryGetValue(key, out var packed))
                return packed;
            var layer = net._weights[key];
            // A lane that is no channel computes zero.
            var weights = order.SelectMany(c => c < 0 ? new float[9] : layer.Weights.AsSpan(c * 9, 9).ToArray()).ToArray();
            packed = net.Own(new PackedDepthwise(net._set, weights, order.Select(c => c < 0 ? 0 : layer.Bias[c]).ToArray(), order.Length, 3, 3));
            net._packedDepthwise.Add(key, packed);
            return packed;
        }

        private double Flops(string key) => 2.0 * net._weights[key].Weights.Length * ShuffleNetWeights.Pixels(key);

        private void Add(string name, double flops, Action<Share> run) => _steps.Add(new Step(name, flops, run));

        private FeatureMap Map(string name, int channels, int side, int halo, int count)
        {
            var layout = new FeatureLayout(channels, side, side, halo);
            return layout.At(Buffer(name, layout.ImagePitch * count), count);
        }

        private AlignedMemory Buffer(string name, long length)
        {
            if (!buffers.TryGetValue(name, out var memory))
                buffers.Add(name, memory = net.Own(new AlignedMemory(length)));
            return memory.Length >= length ? memory : throw new InvalidOperationException($"The buffer {name} is too small.");
        }
    }
}

namespace Blockwright.Weights;

/// <summary>Finds the state dict in what torch.save was given.</summary>
internal static class StateDict
{
    /// <summary>The keys under which training programs keep the state dict of a checkpoint, in the order in which they are tried.</summary>
    private static readonly string[] Nesting = ["state_dict", "model_state_dict", "model"];

    /// <summary>
    /// A dict with at least one tensor is the state dict itself, and so is an empty one. Otherwise the first of <c>state_dict</c>,
    /// <c>model_state_dict</c> and <c>model</c> that is a dict of at least one tensor is it; what stands beside it is left alone.
    /// </summary>
    public static IReadOnlyList<(string Name, PickleTensor Tensor)> Find(object? top, string path, TorchRecord pickle)
    {
        if (top is not PickleDict dict)
        {
            throw new WeightsException(
                path,
                $"the file holds {PickleValue.Describe(top)}; expected a dict of tensors. In Python, save with torch.save(model.state_dict(), path).",
                pickle.Name,
                pickle.Start);
        }
        return dict.Pairs.Count == 0 || HasTensor(dict) ? Tensors(dict, path, pickle) : Tensors(Nested(dict, path, pickle), path, pickle);
    }

    private static PickleDict Nested(PickleDict dict, string path, TorchRecord pickle)
    {
        foreach (var key in Nesting)
            if (dict.Pairs.LastOrDefault(pair => pair.Key is string name && name == key).Value is PickleDict nested && HasTensor(nested))
                return nested;
        var keys = string.Join(", ", dict.Pairs.Take(20).Select(pair => $"'{Shown(pair.Key)}': {PickleValue.Describe(pair.Value)}"));
        throw new WeightsException(
            path, $"the file holds a dict without tensors ({keys}), and none of {string.Join(", ", Nesting)} in it is a dict of tensors. "
            + "In Python, save with torch.save(model.state_dict(), path).", pickle.Name, pickle.Start);
    }

    private static List<(string Name, PickleTensor Tensor)> Tensors(PickleDict dict, string path, TorchRecord pickle)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var tensors = new List<(string, PickleTensor)>();
        foreach (var (key, value) in dict.Pairs)
        {
            if (key is not string name)
                throw new WeightsException(path, $"a key of the state dict is {PickleValue.Describe(key)}; expected a text.", pickle.Name, pickle.Start);
            if (value is not PickleTensor tensor)
                throw new WeightsException(path, $"expected a tensor, found {PickleValue.Describe(value)}. Leave it out of the state dict.", name);
            if (!names.Add(name))
                throw new WeightsException(path, "the state dict has the key twice. The file is damaged.", name, pickle.Start + tensor.Position);
            tensors.Add((name, tensor));
        }
        return tensors;
    }

    private static bool HasTensor(PickleDict dict) => dict.Pairs.Any(pair => pair.Value is PickleTensor);

    private static string Shown(object? key) => key is string name ? WeightsException.Show(name) : PickleValue.Describe(key);
}

using System.Globalization;

namespace Cellpose3D.Core2D.Training;

/// <summary>What one epoch came to: a row of the training curve.</summary>
/// <param name="Epoch">Counted from 0.</param>
/// <param name="Loss">Mean loss of the crops trained on.</param>
/// <param name="ValidationLoss">Mean loss of the validation set, in epochs that score it.</param>
/// <param name="Score">What the caller's score of the validation set gave, in epochs that score it; higher is better.</param>
/// <param name="LearningRate">Of the epoch.</param>
/// <param name="Seconds">Time it took, scoring included; of an epoch cut in two by an interruption, the second part.</param>
public sealed record EpochRecord(int Epoch, double Loss, double? ValidationLoss, double? Score, double LearningRate, double Seconds)
{
    /// <summary>The columns of <see cref="ToCsv"/>.</summary>
    public const string CsvHeader = "epoch,loss,validation_loss,score,learning_rate,seconds";

    /// <summary>One line of comma-separated values, without its end; what is missing is empty.</summary>
    public string ToCsv() => string.Create(CultureInfo.InvariantCulture, $"{Epoch},{Loss:r},{ValidationLoss:r},{Score:r},{LearningRate:r},{Seconds:r}");

    /// <summary>Reads a line of <see cref="ToCsv"/>.</summary>
    /// <param name="line">Without its end.</param>
    /// <exception cref="InvalidDataException">Not six numbers.</exception>
    public static EpochRecord FromCsv(string line)
    {
        string[] cells = line.Split(',');
        try
        {
            return cells.Length == 6
                ? new EpochRecord(int.Parse(cells[0], CultureInfo.InvariantCulture), Number(cells[1])!.Value, Number(cells[2]), Number(cells[3]), Number(cells[4])!.Value, Number(cells[5])!.Value)
                : throw new InvalidDataException($"a training curve's row must have 6 columns; got '{line}'.");
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException or OverflowException)
        {
            throw new InvalidDataException($"a training curve's row must be {CsvHeader}; got '{line}'.", e);
        }
    }

    private static double? Number(string cell) => cell.Length == 0 ? null : double.Parse(cell, CultureInfo.InvariantCulture);
}

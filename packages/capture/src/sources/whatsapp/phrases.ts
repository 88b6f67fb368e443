/** The words of the messenger's own notices, in the languages it speaks. Data; `notices.ts` says how they are used. */
import { cleanMarks } from "./header.ts";

/** Lower case, no marks, no brackets, no full stop: how a notice is compared. */
export function normalisePhrase(text: string): string {
  return cleanMarks(text)
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll(/[<>.。।!]/gu, "")
    .replaceAll(/\s+/gu, " ")
    .trim();
}

function phrases(...lines: readonly string[]): ReadonlySet<string> {
  return new Set(lines.flatMap((line) => line.split("|")).map(normalisePhrase));
}

/** Stand-ins for media that were left out of the export. */
export const OMITTED = phrases(
  "Media omitted|Media weggelaten|Medien ausgeschlossen|Medien weggelassen|Multimedia omitido",
  "Archivo omitido|Médias omis|Média omis|Fichier omis|Arquivo de mídia oculto|Mídia omitida|Mídia oculta",
  "Ficheiro não revelado|Media omessi|Media omesso|Без медиафайлов|Файл пропущен|Медіафайли пропущено",
  "Без медіафайлів|Pominięto multimedia|pominięto plik multimedialny|Medya dahil edilmedi|Medya atlanmış",
  "Media tidak disertakan|Media dihilangkan|Media diabaikan|Media utelatt|Media utelämnad",
  "Media har utelämnats|Medier udeladt|Mediefiler udeladt|Media jätettiin pois|Media poistettu",
  "Média vynechány|Médiá vynechané|Hiányzó média|Médiafájl kihagyva|Fișiere media omise|Media omise",
  "Τα πολυμέσα παραλείφθηκαν|Παραλείπονται πολυμέσα|המדיה לא נכללה|המדיה הושמטה|המדיה לא צורפה",
  "تم استبعاد الوسائط|تم حذف الوسائط|الوسائط محذوفة|رسانه حذف شد|پیوست نما/ویدیو حذف شد|मीडिया के बिना",
  "मीडिया छोड़ा गया|মিডিয়া বাদ দেওয়া হয়েছে|ละเว้นสื่อ|ไม่รวมสื่อ|Bỏ qua tệp phương tiện",
  "Đã bỏ qua phương tiện|省略多媒体文件|省略多媒體檔案|已略去多媒體檔案|媒体文件已省略|メディアは含まれていません|メディアなし|미디어 파일을 제외한 내용|미디어 파일을 생략한 내용",
  "사진 생략됨|image omitted|video omitted|audio omitted|sticker omitted|GIF omitted|document omitted",
  "Contact card omitted|video note omitted|voice message omitted|file omitted|location omitted",
  "Bild weggelassen|Video weggelassen|Audio weggelassen|Sticker weggelassen|GIF weggelassen",
  "Dokument weggelassen|Kontaktkarte ausgelassen|Kontaktkarte weggelassen|Videonachricht weggelassen",
  "imagen omitida|Video omitido|audio omitido|sticker omitido|GIF omitido|documento omitido",
  "Tarjeta de contacto omitida|Videomensaje omitido|image absente|vidéo absente|audio omis|sticker omis",
  "GIF omis|GIF retiré|document omis|document manquant|Fiche contact omise|image omise|vidéo omise",
  "sticker absent|audio absent|imagem ocultada|imagem omitida|vídeo omitido|vídeo oculto|áudio ocultado",
  "áudio omitido|figurinha omitida|GIF ocultado|documento oculto|Cartão de contato omitido|sticker ocultado",
  "immagine omessa|video omesso|audio omesso|sticker omesso|GIF esclusa|GIF omessa|documento omesso",
  "Scheda contatto omessa|afbeelding weggelaten|video weggelaten|audio weggelaten|sticker weggelaten",
  "GIF weggelaten|document weggelaten|Contactkaart weggelaten|изображение опущено|видео опущено",
  "аудиофайл опущен|аудио опущено|стикер опущен|GIF опущен|документ опущен|görüntü dahil edilmedi",
  "video dahil edilmedi|ses dahil edilmedi|Çıkartma dahil edilmedi|GIF dahil edilmedi|belge dahil edilmedi",
  "pominięto grafikę|obraz pominięty|pominięto wideo|pominięto audio|pominięto naklejkę|画像は含まれていません",
  "動画は含まれていません|音声は含まれていません|スタンプは含まれていません|GIFは含まれていません|이미지 생략됨|동영상 생략됨|오디오 생략됨|스티커 생략됨|图像已忽略|忽略图片|忽略视频|忽略音频",
  "忽略表情|圖片已略去|影片已略去|音訊已略去|貼圖已略去|التصوير غير مدرج|تم استبعاد الصورة|تم استبعاد الفيديو|bild utelämnad",
  "bilden utelämnades|billede udeladt|bilde utelatt|kuva jätetty pois|gambar tidak disertakan|התמונה הושמטה",
  "הסרטון הושמט|תמונה הושמטה",
);

/** What stands where a message was deleted. */
export const DELETED = phrases(
  "This message was deleted|You deleted this message|This message was deleted by admin|Message deleted",
  "Diese Nachricht wurde gelöscht|Du hast diese Nachricht gelöscht|Sie haben diese Nachricht gelöscht",
  "Se eliminó este mensaje|Eliminaste este mensaje|Este mensaje fue eliminado|Has eliminado este mensaje",
  "Este mensaje se ha eliminado|Mensaje eliminado|Ce message a été supprimé|Vous avez supprimé ce message",
  "Ce message a été effacé|Vous avez effacé ce message|Mensagem apagada|Essa mensagem foi apagada",
  "Esta mensagem foi apagada|Você apagou esta mensagem|Você apagou essa mensagem|Apagou esta mensagem",
  "Eliminou esta mensagem|Esta mensagem foi eliminada|Questo messaggio è stato eliminato",
  "Hai eliminato questo messaggio|Dit bericht is verwijderd|Dit bericht werd verwijderd",
  "U hebt dit bericht verwijderd|Je hebt dit bericht verwijderd|Данное сообщение удалено|Сообщение удалено",
  "Вы удалили данное сообщение|Вы удалили это сообщение|Це повідомлення видалено|Ви видалили це повідомлення",
  "Повідомлення видалено|Wiadomość usunięta|Ta wiadomość została usunięta|Usunięto tę wiadomość",
  "Usunąłeś tę wiadomość|Bu mesaj silindi|Bu mesajı sildiniz|Pesan ini telah dihapus|Pesan ini dihapus",
  "Anda telah menghapus pesan ini|Anda menghapus pesan ini|Mesej ini telah dipadam",
  "Mesej ini telah dipadamkan|Anda memadam mesej ini|Detta meddelande raderades|Du raderade detta meddelande",
  "Meddelandet har raderats|Du tog bort detta meddelande|Denne besked blev slettet|Du slettede denne besked",
  "Denne meldingen ble slettet|Du slettet denne meldingen|Tämä viesti poistettiin|Poistit tämän viestin",
  "Viesti poistettu|Tato zpráva byla smazána|Smazali jste tuto zprávu|Táto správa bola vymazaná",
  "Vymazali ste túto správu|Ezt az üzenetet törölték|Ez az üzenet törölve lett|Törölted ezt az üzenetet",
  "Acest mesaj a fost șters|Ați șters acest mesaj|Ai șters acest mesaj|Αυτό το μήνυμα διαγράφηκε",
  "Διαγράψατε αυτό το μήνυμα|הודעה זו נמחקה|ההודעה נמחקה|מחקת הודעה זו|מחקת את ההודעה|تم حذف هذه الرسالة",
  "حذفتَ هذه الرسالة|حذفت هذه الرسالة|لقد حذفت هذه الرسالة|این پیام حذف شد|شما این پیام را حذف کردید",
  "این پیام حذف شده است|यह मैसेज हटाया गया|यह मैसेज डिलीट किया गया|यह संदेश हटा दिया गया|आपने यह मैसेज हटाया",
  "आपने यह मैसेज डिलीट किया|এই মেসেজটি মুছে ফেলা হয়েছে|আপনি এই মেসেজটি মুছে ফেলেছেন|ข้อความนี้ถูกลบแล้ว",
  "ข้อความนี้ถูกลบ|คุณลบข้อความนี้|คุณได้ลบข้อความนี้|Tin nhắn này đã bị xóa|Bạn đã xóa tin nhắn này|此消息已删除",
  "该消息已删除|您删除了这条消息|你已删除此消息|您已删除此消息|此訊息已刪除|此訊息已被刪除|您已刪除此訊息|你已刪除此訊息|這則訊息已刪除|このメッセージは削除されました|このメッセージを削除しました",
  "あなたはこのメッセージを削除しました|메시지가 삭제되었습니다|삭제된 메시지입니다|이 메시지를 삭제했습니다|이 메시지는 삭제되었습니다|Tento message byl smazán",
  "Съобщението е изтрито|Ova poruka je izbrisana|Izbrisali ste ovu poruku|Ova poruka je obrisana",
  "To sporočilo je bilo izbrisano|Aquest missatge s'ha suprimit|Has suprimit aquest missatge",
);

/** The mark behind an edited message. */
export const EDITED = phrases(
  "This message was edited|Diese Nachricht wurde bearbeitet|Se editó este mensaje|Este mensaje fue editado",
  "Se ha editado este mensaje|Ce message a été modifié|Mensagem editada|Esta mensagem foi editada",
  "Essa mensagem foi editada|Questo messaggio è stato modificato|Dit bericht is bewerkt",
  "Данное сообщение изменено|Сообщение изменено|Це повідомлення змінено|Ta wiadomość została edytowana",
  "Wiadomość edytowana|Bu mesaj düzenlendi|Pesan ini diedit|Pesan ini telah diedit|Mesej ini telah diedit",
  "Detta meddelande har redigerats|Detta meddelande redigerades|Denne besked blev redigeret",
  "Denne meldingen ble redigert|Tätä viestiä muokattiin|Tato zpráva byla upravena|Táto správa bola upravená",
  "Ezt az üzenetet szerkesztették|Az üzenet szerkesztve lett|Acest mesaj a fost editat",
  "Το μήνυμα υποβλήθηκε σε επεξεργασία|Αυτό το μήνυμα τροποποιήθηκε|הודעה זו נערכה|ההודעה נערכה",
  "تم تعديل هذه الرسالة|این پیام ویرایش شد|यह मैसेज एडिट किया गया|यह मैसेज बदला गया",
  "এই মেসেজটি এডিট করা হয়েছে|ข้อความนี้ถูกแก้ไข|แก้ไขข้อความนี้แล้ว|Tin nhắn này đã được chỉnh sửa|此消息已编辑",
  "此訊息已編輯|已編輯此訊息|このメッセージは編集されました|이 메시지는 수정되었습니다|메시지가 수정되었습니다",
);

/** How many first letters of a phrase are looked at before it is compared whole. */
const HEAD_LENGTH = 3;
const HEADS: ReadonlySet<string> = new Set([...OMITTED, ...DELETED].map((phrase) => phrase.slice(0, HEAD_LENGTH)));

/** False for nearly every text that is no phrase, at a hundredth of the price of comparing it. */
export function mayBePhrase(text: string): boolean {
  let at = 0;
  while (at < text.length && isBeforePhrase(text.charCodeAt(at))) at++;
  return HEADS.has(text.slice(at, at + HEAD_LENGTH).toLowerCase()) || text.charCodeAt(at) > 0x7f;
}

function isBeforePhrase(code: number): boolean {
  return code === 0x3c || code === 0x20 || code === 0x200e || code === 0x200f || (code >= 0x202a && code <= 0x202f);
}

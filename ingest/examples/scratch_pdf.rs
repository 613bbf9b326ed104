fn main() {
    let a: Vec<String> = std::env::args().collect();
    let bytes = std::fs::read(&a[1]).unwrap();
    let page: usize = a[2].parse().unwrap();
    let d = pdf_oxide::PdfDocument::from_bytes(bytes.clone()).unwrap();
    let t = std::time::Instant::now();
    let text = d.extract_text(page).unwrap();
    println!("== extract_text {} chars {:?}\n{}", text.len(), t.elapsed(), &text.chars().take(1500).collect::<String>());
    let t = std::time::Instant::now();
    let s = d.extract_spans(page).unwrap();
    println!("== spans {} chars {} {:?}", s.len(), s.iter().map(|s| s.text.len()).sum::<usize>(), t.elapsed());
    for s in s.iter().take(15) { println!("   {:?} {:?} size {}", s.text, s.bbox, s.font_size); }
    let c = d.extract_chars(page).unwrap();
    println!("== chars {}", c.len());
    println!("== media {:?} visible {:?}", d.get_page_media_box(page), d.get_page_visible_box(page));
    let t = std::time::Instant::now();
    match std::panic::catch_unwind(|| pdf_extract::extract_text_from_mem_by_pages(&bytes)) {
        Ok(Ok(p)) => println!("== second {} chars {:?}\n{}", p[page].len(), t.elapsed(), p[page].chars().take(1500).collect::<String>()),
        e => println!("second fails {:?}", e.is_ok()),
    }
}
